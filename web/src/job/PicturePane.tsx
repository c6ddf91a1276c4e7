/** The pages as they were given, with their words as boxes over them. */

import { memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type PointerEvent, type RefObject } from "react";
import type { Job, Page } from "../api/types";
import { usePage, type Book, type Sheet } from "../state/job";
import { t } from "../texts";
import { useNear } from "../ui/near";
import { Active } from "./active";
import { usePicture } from "./pictures";
import { doubt, placed, points, type Placed } from "./words";

interface Props {
  job: Job;
  sheets: Sheet[];
  book: Book;
  active: Active;
  zoom: number;
  threshold: number;
  shade: boolean;
  pane: RefObject<HTMLDivElement | null>;
  onZoom: (factor: number) => void;
  onOpen: (word: Placed, at: DOMRect) => void;
}

const PADDING = 40;

export function PicturePane({ job, sheets, book, active, zoom, threshold, shade, pane, onZoom, onOpen }: Props) {
  const [fit, setFit] = useState(0);
  const [ratio, setFirst] = useState(0);
  const setRatio = useCallback((own: number) => setFirst((old) => old || own), []); // pages of a book are mostly alike

  useLayoutEffect(() => {
    const element = pane.current;
    if (!element) return;
    const measure = () => setFit(Math.max(120, Math.min(element.clientWidth - (element.clientWidth < 500 ? 16 : PADDING), 1100)));
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, [pane]);

  useEffect(() => {
    const element = pane.current;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      onZoom(event.deltaY < 0 ? 1.1 : 1 / 1.1);
    };
    element?.addEventListener("wheel", wheel, { passive: false });
    return () => element?.removeEventListener("wheel", wheel);
  }, [pane, onZoom]);

  // the place in the middle stays there when sizes change
  const width = Math.round(fit * zoom);
  const before = useRef(width);
  useLayoutEffect(() => {
    const element = pane.current;
    if (element && before.current && before.current !== width) {
      const factor = width / before.current;
      element.scrollTop = (element.scrollTop + element.clientHeight / 2) * factor - element.clientHeight / 2;
      element.scrollLeft = (element.scrollLeft + element.clientWidth / 2) * factor - element.clientWidth / 2;
    }
    before.current = width;
  }, [width, pane]);

  const over = (event: PointerEvent) => {
    const target = (event.target as Element).closest("[data-w]");
    active.point(target?.getAttribute("data-w") ?? "", target?.getAttribute("data-l") ?? "", "picture");
  };

  return (
    <div className="picture-pane" data-pane="picture" ref={pane} tabIndex={0} role="region" aria-label={t.view.picture}
      onPointerOver={over} onPointerLeave={() => active.point("", "", "picture")}>
      <div className="sheets" style={{ width: `max(100%, ${width + 16}px)` }}>
        {fit > 0 && sheets.map((sheet) => (
          <PictureSheet key={sheet.number} {...{ sheet, book, active, width, setRatio, threshold, shade, pane, onOpen }} id={job.id} ratio={ratio || Math.SQRT2} />
        ))}
      </div>
    </div>
  );
}

interface SheetProps extends Omit<Props, "job" | "sheets" | "zoom" | "onZoom"> {
  id: string; sheet: Sheet; width: number; ratio: number; setRatio: (ratio: number) => void;
}

const PictureSheet = memo(function PictureSheet({ id, sheet, book, active, width, ratio, setRatio, threshold, shade, pane, onOpen }: SheetProps) {
  const ref = useRef<HTMLDivElement>(null);
  const near = useNear(ref, pane);
  const page = usePage(book, sheet.number, near && sheet.state === "done");
  const url = usePicture(id, sheet.number, width, near);
  const [natural, setNatural] = useState(0);
  const own = page && page.width > 0 ? page.height / page.width : natural;
  useEffect(() => { if (own) setRatio(own); }, [own, setRatio]);
  useEffect(() => active.remark(), [page, near, active]);

  return (
    <div className="sheet" data-page={sheet.number} ref={ref} style={{ width, height: Math.round(width * (own || ratio)) }}>
      {near && url && <img src={url} alt={t.view.pageLabel(sheet.number)} draggable={false}
        onLoad={(event) => setNatural(event.currentTarget.naturalHeight / event.currentTarget.naturalWidth)} />}
      {near && page && <Overlay page={page} threshold={threshold} shade={shade} bare={url === ""} onOpen={onOpen} active={active} />}
      {sheet.state !== "done" && <div className={`sheet-state ${sheet.state}`}><span>{stateText(sheet)}</span></div>}
      <span className="sheet-number" aria-hidden="true">{sheet.number}</span>
    </div>
  );
});

export function stateText(sheet: Sheet): string {
  if (sheet.failure) return sheet.failure.message;
  if (sheet.state === "running") return t.view.reading;
  return sheet.state === "cancelled" ? t.view.cancelled : t.view.waiting;
}

interface OverlayProps { page: Page; threshold: number; shade: boolean; bare: boolean; active: Active; onOpen: Props["onOpen"] }

const Overlay = memo(function Overlay({ page, threshold, shade, bare, onOpen, active }: OverlayProps) {
  const { words, byId, blocks } = useMemo(() => placed(page), [page]);
  const click = (event: React.MouseEvent) => {
    const target = (event.target as Element).closest("[data-w]");
    const word = target && byId.get(target.getAttribute("data-w") ?? "");
    if (!target || !word) return;
    active.choose(word.id, "picture");
    if (event.detail === 2) onOpen(word, target.getBoundingClientRect());
  };
  // read to nobody: the same words stand in the text beside it
  return (
    <svg className="overlay" viewBox={`0 0 ${page.width || 1} ${page.height || 1}`} preserveAspectRatio="none" aria-hidden="true" onClick={click}>
      {blocks.flatMap(({ lines }) => lines.map(({ id, line }) => (
        <polygon key={id} className={line.unreadable ? "line unreadable" : "line"} data-l={id} points={points(line.polygon)} />
      )))}
      {words.map((word) => (
        <polygon key={word.id} className={`word${shade ? ` doubt-${doubt(word.confidence, threshold)}` : ""}`} data-w={word.id} data-l={word.lineId}
          points={points(word.polygon)} />
      ))}
      {bare && words.map((word) => <BareWord key={word.id} word={word} />)}
    </svg>
  );
});

/** Where there is no picture, the words stand where they stood. */
function BareWord({ word }: { word: Placed }) {
  const [x = 0, y = 0, x2 = 0, , , y3 = 0] = word.polygon;
  const height = Math.max(1, y3 - y);
  return <text x={x} y={y + height * 0.8} fontSize={height * 0.85} textLength={Math.max(1, x2 - x)} lengthAdjust="spacingAndGlyphs" className="bare">{word.content}</text>;
}
