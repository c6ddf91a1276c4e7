/** What was read: as a document, or as plain lines; every word linked to its box. */

import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState, type PointerEvent, type RefObject } from "react";
import type { Job } from "../api/types";
import { usePage, type Book, type Sheet } from "../state/job";
import { t } from "../texts";
import { useNear } from "../ui/near";
import { Active } from "./active";
import { Rendered } from "./Rendered";
import { stateText } from "./PicturePane";
import { LineText } from "./LineText";
import { placed, type Placed } from "./words";

interface Props {
  job: Job;
  sheets: Sheet[];
  book: Book;
  active: Active;
  plain: boolean;
  threshold: number;
  shade: boolean;
  pane: RefObject<HTMLDivElement | null>;
  onOpen: (word: Placed, at: DOMRect) => void;
}

export function TextPane(props: Props) {
  const { job, sheets, onOpen, ...rest } = props;
  const { book, active, plain, pane } = rest;
  const over = (event: PointerEvent) => {
    const target = (event.target as Element).closest("[data-w]");
    active.point(target?.getAttribute("data-w") ?? "", target?.getAttribute("data-of") ?? "", "text");
  };
  const click = async (event: React.MouseEvent) => {
    const target = (event.target as Element).closest("[data-w]");
    const id = target?.getAttribute("data-w");
    if (!target || !id || !getSelection()?.isCollapsed) return;
    active.choose(id, "text");
    const page = await book.page(Number(id.split("-")[0]));
    const word = page && placed(page).byId.get(id);
    if (word) onOpen(word, target.getBoundingClientRect());
  };
  return (
    <div className={plain ? "text-pane plain" : "text-pane"} data-pane="text" ref={pane} tabIndex={0} role="region" aria-label={t.view.text}
      onPointerOver={over} onPointerLeave={() => active.point("", "", "text")} onClick={click}>
      {sheets.map((sheet) => <TextSheet key={sheet.number} {...rest} id={job.id} sheet={sheet} alone={sheets.length === 1} />)}
    </div>
  );
}

interface SheetProps extends Omit<Props, "job" | "sheets" | "onOpen"> { id: string; sheet: Sheet; alone: boolean }

const TextSheet = memo(function TextSheet({ id, sheet, book, active, plain, threshold, shade, pane, alone }: SheetProps) {
  const ref = useRef<HTMLElement>(null);
  const near = useNear(ref, pane);
  const page = usePage(book, sheet.number, near && sheet.state === "done");
  const [height, setHeight] = useState(0);
  const content = useMemo(() => (page ? placed(page) : null), [page]);

  // a page that is far away keeps its room
  useLayoutEffect(() => {
    if (near && page && ref.current) setHeight(ref.current.offsetHeight);
  }, [near, page, plain]);
  useEffect(() => active.remark(), [page, near, plain, active]);

  const shown = near && content;
  return (
    <article className="text-sheet" data-page={sheet.number} ref={ref} aria-label={t.view.pageLabel(sheet.number)}
      style={shown ? undefined : { minHeight: height || (sheet.state === "done" ? 640 : 120) }}>
      {!alone && <div className="page-label" aria-hidden="true"><span>{t.view.pageLabel(sheet.number)}</span></div>}
      {sheet.state !== "done" && <p className={`page-state ${sheet.state}`}>{stateText(sheet)}</p>}
      {shown && content.page.problems?.map((problem, i) => <p className="page-state failed" key={i}>{problem.message}</p>)}
      {shown && !content.words.length && !content.blocks.length && <p className="page-state">{t.view.noText}</p>}
      {shown && (plain
        ? content.blocks.flatMap(({ lines }) => lines.map((line) => line.line.content || line.line.unreadable ? (
            <div className="plain-line" key={line.id} data-l={line.id} dir="auto"><LineText line={line} threshold={threshold} shade={shade} /></div>
          ) : null))
        : <Rendered id={id} content={content} threshold={threshold} shade={shade} />)}
    </article>
  );
});
