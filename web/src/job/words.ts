/** The words of a page with names, so that picture, text and lists can point at the same one. */

import type { Block, Line, Page } from "../api/types";

export interface Placed {
  /** `page-index`, or `page-lN` for a line that has no words of its own. */
  id: string;
  /** Among the page's words in reading order; -1 for a line without words. */
  index: number;
  lineId: string;
  page: number;
  content: string;
  polygon: number[];
  confidence: number;
  /** Offset in the line's content, in UTF-16 units. */
  start: number;
}

export interface PlacedLine { id: string; line: Line; words: Placed[] }
export interface PlacedBlock { block: Block; lines: PlacedLine[]; first: number }
export interface PlacedPage { page: Page; blocks: PlacedBlock[]; words: Placed[]; byId: Map<string, Placed> }

const known = new WeakMap<Page, PlacedPage>();

export function placed(page: Page): PlacedPage {
  const found = known.get(page);
  if (found) return found;
  const words: Placed[] = [];
  let index = 0;
  let lineNumber = 0;
  const blocks = page.blocks.map((block): PlacedBlock => {
    const first = words.length;
    const lines = block.lines.map((line): PlacedLine => {
      const id = `${page.number}-l${lineNumber++}`;
      const own: Placed[] = [];
      let at = 0;
      for (const word of line.words ?? []) {
        const start = Math.max(line.content.indexOf(word.content, at), at);
        at = start + word.content.length;
        own.push({ id: `${page.number}-${index}`, index: index++, lineId: id, page: page.number, content: word.content,
          polygon: word.polygon, confidence: word.confidence, start });
      }
      if (!own.length && line.content) {
        own.push({ id: `${page.number}-w${id}`, index: -1, lineId: id, page: page.number, content: line.content, polygon: line.polygon,
          confidence: line.confidence, start: 0 });
      }
      words.push(...own);
      return { id, line, words: own };
    });
    return { block, lines, first };
  });
  const result = { page, blocks, words, byId: new Map(words.map((word) => [word.id, word])) };
  known.set(page, result);
  return result;
}

export const points = (polygon: number[]): string => {
  const pairs: string[] = [];
  for (let i = 0; i + 1 < polygon.length; i += 2) pairs.push(`${polygon[i]},${polygon[i + 1]}`);
  return pairs.join(" ");
};

export function bounds(polygon: number[]): { x: number; y: number; width: number; height: number } {
  const xs = polygon.filter((_, i) => i % 2 === 0);
  const ys = polygon.filter((_, i) => i % 2 === 1);
  const x = Math.min(...xs), y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** How doubtful a word is, in three steps below the threshold; 0 above it. */
export function doubt(confidence: number, threshold: number): 0 | 1 | 2 | 3 {
  if (confidence >= threshold) return 0;
  const below = (threshold - confidence) / Math.max(threshold, 0.01);
  return below > 0.5 ? 3 : below > 0.2 ? 2 : 1;
}

/** The words in boxes (left, top, right, bottom) or polygons of a page. */
export function wordsIn(page: PlacedPage, boxes: number[][]): Placed[] {
  const all = boxes.map((box) => (box.length === 4 ? { x: box[0] ?? 0, y: box[1] ?? 0, width: (box[2] ?? 0) - (box[0] ?? 0), height: (box[3] ?? 0) - (box[1] ?? 0) } : bounds(box)));
  return page.words.filter((word) => {
    const own = bounds(word.polygon);
    const x = own.x + own.width / 2, y = own.y + own.height / 2;
    return all.some((box) => x >= box.x - 1 && x <= box.x + box.width + 1 && y >= box.y - 1 && y <= box.y + box.height + 1);
  });
}
