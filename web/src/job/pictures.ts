/** Pictures of pages: fetched with the key, kept as blobs while they are near. */

import { useEffect, useState } from "react";
import { ask } from "../api/client";

const KEPT = 30;
const cache = new Map<string, Promise<string>>();

function picture(job: string, number: number, width: number): Promise<string> {
  const name = `${job}/${number}/${width}`;
  let found = cache.get(name);
  if (found) {
    cache.delete(name);
  } else {
    found = ask(`/v1/jobs/${job}/pages/${number}/image?width=${width}`)
      .then((answer) => answer.blob())
      .then((blob) => URL.createObjectURL(blob));
    found.catch(() => cache.delete(name));
  }
  cache.set(name, found);
  if (cache.size > KEPT) {
    const [oldest, url] = cache.entries().next().value as [string, Promise<string>];
    cache.delete(oldest);
    url.then((each) => setTimeout(() => URL.revokeObjectURL(each), 10_000), () => undefined);
  }
  return found;
}

const WIDTHS = [400, 800, 1200, 1600, 2400, 3600];

/** URL of a page's picture fit for so many CSS pixels; `null` while it comes, empty where there is none. */
export function usePicture(job: string, number: number, css: number, wanted: boolean): string | null {
  const [url, setUrl] = useState<string | null>(null);
  const needed = css * Math.min(devicePixelRatio || 1, 2);
  const width = WIDTHS.find((each) => each >= needed * 0.9) ?? 3600;
  useEffect(() => {
    if (!wanted || css < 1) return;
    let left = false;
    picture(job, number, width).then((found) => left || setUrl(found), () => left || setUrl((old) => old ?? ""));
    return () => { left = true; };
  }, [job, number, width, wanted, css < 1]);
  return url;
}
