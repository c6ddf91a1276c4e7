/** A line, word by word. */

import { Fragment, lazy, Suspense, type ReactNode } from "react";
import type { Mark } from "../api/types";
import { t } from "../texts";
import { doubt, type Placed, type PlacedLine } from "./words";

const Formula = lazy(() => import("../render/Formula"));

interface Props { line: PlacedLine; threshold: number; shade: boolean; marks?: boolean }

export function LineText({ line, threshold, shade, marks }: Props) {
  if (line.line.unreadable && !line.line.content) return <span className="unreadable-text" data-l={line.id}>[{t.view.unreadable}]</span>;
  const found = marks ? marked(line) : [];
  const pieces: ReactNode[] = [];
  let at = 0;
  let open = 0; // words before that end stand inside a mark that is shown as something else
  line.words.forEach((word) => {
    if (word.start < open) return;
    const formula = found.find((mark) => mark.kind === "formula" && mark.value && word.start >= mark.from && word.start < mark.to);
    if (word.start > at) pieces.push(<Fragment key={`t${word.id}`}>{line.line.content.slice(at, word.start)}</Fragment>);
    if (formula) {
      open = at = formula.to;
      pieces.push(<span key={word.id} className="word" data-w={word.id} data-of={line.id}>
        <Suspense fallback={formula.value}><Formula latex={formula.value ?? ""} /></Suspense></span>);
      return;
    }
    at = word.start + word.content.length;
    pieces.push(wrapped(<Word key={word.id} word={word} lineId={line.id} threshold={threshold} shade={shade} />, word, found));
  });
  if (at < line.line.content.length) pieces.push(line.line.content.slice(at));
  return <>{pieces}</>;
}

function Word({ word, lineId, threshold, shade }: { word: Placed; lineId: string; threshold: number; shade: boolean }) {
  const step = shade ? doubt(word.confidence, threshold) : 0;
  return <span className={step ? `word doubt-${step}` : "word"} data-w={word.id} data-of={lineId}>{word.content}</span>;
}

interface Found extends Mark { from: number; to: number }

/** Marks have offsets in code points; strings have theirs in UTF-16 units. */
function marked(line: PlacedLine): Found[] {
  const marks = line.line.marks ?? [];
  if (!marks.length) return [];
  const units = (points: number) => [...line.line.content].slice(0, points).join("").length;
  return marks.map((mark) => ({ ...mark, from: units(mark.start), to: units(mark.start + mark.length) }));
}

const TAGS: Record<string, "b" | "i" | "u" | "s" | "sup" | "sub"> =
  { bold: "b", italic: "i", underline: "u", strike: "s", superscript: "sup", subscript: "sub" };

function wrapped(node: ReactNode, word: Placed, marks: Found[]): ReactNode {
  let result = node;
  const end = word.start + word.content.length;
  for (const mark of marks) {
    if (word.start < mark.from || end > mark.to) continue;
    const Tag = TAGS[mark.kind];
    if (Tag) result = <Tag key={`${word.id}${mark.kind}`}>{result}</Tag>;
    if (mark.kind === "checkbox") {
      const checked = mark.value === "checked";
      result = <span key={`${word.id}box`} role="img" aria-label={checked ? t.render.checked : t.render.unchecked}>{result}</span>;
    }
  }
  return <Fragment key={`m${word.id}`}>{result}</Fragment>;
}
