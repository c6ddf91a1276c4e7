/** LaTeX, set by KaTeX. Loaded when there is a formula to show. */

import "katex/dist/katex.min.css";
import katex from "katex";
import { useEffect, useRef, useState } from "react";

export default function Formula({ latex, display }: { latex: string; display?: boolean }) {
  const ref = useRef<HTMLSpanElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (!ref.current) return;
    try {
      // nodes are made, not markup: the policy lets in no style attributes
      katex.render(latex, ref.current, { displayMode: display ?? false, throwOnError: true, strict: "ignore", trust: false, maxExpand: 500, maxSize: 50 });
      setFailed(false);
    } catch {
      setFailed(true);
    }
  }, [latex, display]);
  return failed ? <code className="raw">{latex}</code> : <span ref={ref} className="formula" role={display ? "math" : undefined} aria-label={display ? latex : undefined} />;
}
