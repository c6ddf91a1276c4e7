/** The keyboard in a document. */

import { useEffect, useRef } from "react";
import type { Job } from "../api/types";
import type { Book, Sheet } from "../state/job";
import { change, useSettings } from "../state/settings";
import type { Active } from "./active";
import { placed, type Placed } from "./words";

interface Keys {
  job: Job;
  sheets: Sheet[];
  book: Book;
  active: Active;
  current: number;
  threshold: number;
  blocked: boolean;
  toPage: (page: number) => void;
  zoom: (factor: number) => void;
  fit: () => void;
  open: (word: Placed, at: DOMRect) => void;
  downloads: () => void;
}

export function useJobKeys(keys: Keys): void {
  const now = useRef(keys);
  now.current = keys;
  const { shade } = useSettings();
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || now.current.blocked || typing(event.target)) return;
      const done = action(event.key, now.current, shade);
      if (done) event.preventDefault();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [shade]);
}

export function typing(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  return Boolean(element?.closest?.("input:not([type=range]):not([type=radio]), textarea, select, dialog, [role=menu], [role=tablist], [role=separator]"));
}

function action(key: string, keys: Keys, shade: boolean): boolean {
  switch (key) {
    case "ArrowRight": void step(keys, 1, () => true); return true;
    case "ArrowLeft": void step(keys, -1, () => true); return true;
    case "n": void step(keys, 1, (word) => word.confidence < keys.threshold); return true;
    case "p": void step(keys, -1, (word) => word.confidence < keys.threshold); return true;
    case "j": case "PageDown": turn(keys, 1); return true;
    case "k": case "PageUp": turn(keys, -1); return true;
    case "+": case "=": keys.zoom(1.25); return true;
    case "-": keys.zoom(0.8); return true;
    case "0": keys.fit(); return true;
    case "s": change({ shade: !shade }); return true;
    case "d": keys.downloads(); return true;
    case "Escape": keys.active.choose(""); return false;
    case "Enter": return opened(keys);
  }
  return false;
}

function turn({ sheets, current, toPage }: Keys, by: number): void {
  const at = Math.max(0, sheets.findIndex((sheet) => sheet.number === current));
  const to = sheets[Math.min(sheets.length - 1, Math.max(0, at + by))];
  if (to) toPage(to.number);
}

/** The next word that fits, on this page or one of the next twenty. */
async function step({ sheets, book, active, current, toPage }: Keys, by: number, fits: (word: Placed) => boolean): Promise<void> {
  const from = active.chosen ? Number(active.chosen.split("-")[0]) : current || sheets[0]?.number || 0;
  let at = sheets.findIndex((sheet) => sheet.number === from);
  let first = true;
  for (let looked = 0; looked < 20 && at >= 0 && at < sheets.length; looked += 1, at += by) {
    const sheet = sheets[at] as Sheet;
    const page = sheet.state === "done" ? await book.page(sheet.number).catch(() => null) : null;
    const words = page ? placed(page).words : [];
    const here = first && active.chosen ? words.findIndex((word) => word.id === active.chosen) : by > 0 ? -1 : words.length;
    const rest = by > 0 ? words.slice(here + 1) : words.slice(0, Math.max(0, here)).reverse();
    const found = rest.find(fits);
    first = false;
    if (!found) continue;
    if (sheet.number !== from) toPage(sheet.number);
    active.choose(found.id);
    if (sheet.number !== from) setTimeout(() => active.choose(found.id), 300);
    return;
  }
}

function opened({ active, book, open }: Keys): boolean {
  if (!active.chosen || (document.activeElement as HTMLElement | null)?.closest("button, a, summary")) return false;
  const id = active.chosen;
  const element = document.querySelector(`[data-pane=text] [data-w="${id}"], [data-pane=picture] [data-w="${id}"]`);
  void book.page(Number(id.split("-")[0])).then((page) => {
    const word = page && placed(page).byId.get(id);
    if (word && element) open(word, element.getBoundingClientRect());
  });
  return true;
}
