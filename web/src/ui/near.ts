/** Whether an element is in view or about to be: what is far away is not rendered. */

import { useEffect, useState, type RefObject } from "react";

export function useNear(ref: RefObject<Element | null>, root: RefObject<Element | null>, margin = 1200): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const watch = new IntersectionObserver(
      (entries) => setNear(entries[entries.length - 1]?.isIntersecting ?? false),
      { root: root.current, rootMargin: `${margin}px 0px` },
    );
    watch.observe(element);
    return () => watch.disconnect();
  }, [ref, root, margin]);
  return near;
}
