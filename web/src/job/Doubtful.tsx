/** The words that are least certain, each with its piece of the picture. */

import { useEffect, useMemo, useState } from "react";
import type { Job, Page } from "../api/types";
import type { Book, Sheet } from "../state/job";
import { t } from "../texts";
import { Check } from "../ui/icons";
import { Button, EmptyState } from "../ui/parts";
import { usePicture } from "./pictures";
import { bounds, doubt, placed, type Placed } from "./words";

const STEP = 20; // pages looked at before somebody asks for more
const SHOWN = 300;

interface Props { job: Job; sheets: Sheet[]; book: Book; threshold: number; onChoose: (word: Placed) => void; onOpen: (word: Placed, at: DOMRect) => void }

export function Doubtful({ job, sheets, book, threshold, onChoose, onOpen }: Props) {
  const [most, setMost] = useState(STEP);
  const [pages, setPages] = useState<Page[]>([]);
  const [version, setVersion] = useState(book.version);
  const done = useMemo(() => sheets.filter((sheet) => sheet.state === "done"), [sheets]);
  useEffect(() => book.listen(() => setVersion(book.version)), [book]);
  useEffect(() => {
    let left = false;
    void (async () => {
      const found: Page[] = [];
      for (const sheet of done.slice(0, most)) {
        const page = await book.page(sheet.number).catch(() => null);
        if (left) return;
        if (page) found.push(page);
        if (found.length % 5 === 0) setPages([...found]);
      }
      setPages(found);
    })();
    return () => { left = true; };
  }, [book, done, most, version]);

  const words = useMemo(
    () => pages.flatMap((page) => placed(page).words.map((word) => ({ word, page })).filter(({ word }) => word.confidence < threshold)),
    [pages, threshold],
  );
  const rest = done.length - Math.min(most, done.length);
  return (
    <div className="doubtful" tabIndex={0} role="region" aria-label={t.tabs.doubtful}>
      {words.length === 0 && pages.length > 0 && <EmptyState icon={<Check size={24} />} title={t.doubtful.none}>{t.doubtful.noneHint}</EmptyState>}
      {words.length > 0 && <h2>{t.doubtful.title(words.length, Math.round(threshold * 100))}</h2>}
      <ul>
        {words.slice(0, SHOWN).map(({ word, page }) => (
          <li key={word.id}>
            <button type="button" onClick={() => onChoose(word)} onDoubleClick={(event) => onOpen(word, event.currentTarget.getBoundingClientRect())}>
              <Crop job={job} page={page} word={word} />
              <span className="content" dir="auto">{word.content}</span>
              <span className="where">{sheets.length > 1 ? t.view.pageLabel(word.page) : ""}</span>
              <span className={`chip doubt-${doubt(word.confidence, threshold)}`}>{t.doubtful.sure(Math.round(word.confidence * 100))}</span>
            </button>
            <Button look="quiet" small onClick={(event) => { onChoose(word); onOpen(word, event.currentTarget.getBoundingClientRect()); }}>{t.correct.do}</Button>
          </li>
        ))}
      </ul>
      {rest > 0 && <Button onClick={() => setMost(most + STEP * 2)}>{t.doubtful.more(Math.min(rest, STEP * 2))}</Button>}
    </div>
  );
}

/** A word cut out of its page, with some paper around it. */
export function Crop({ job, page, word, large }: { job: Job; page: Page; word: Placed; large?: boolean }) {
  const url = usePicture(job.id, page.number, large ? 1600 : 1200, true);
  const box = bounds(word.polygon);
  const around = box.height * (large ? 0.6 : 0.35);
  const view = `${box.x - around} ${box.y - around} ${box.width + 2 * around} ${box.height + 2 * around}`;
  if (!url) return <span className="crop" />;
  return <svg className="crop" viewBox={view} aria-hidden="true"><image href={url} width={page.width} height={page.height} preserveAspectRatio="none" />
    {large && <rect x={box.x} y={box.y} width={box.width} height={box.height} className="crop-word" />}</svg>;
}
