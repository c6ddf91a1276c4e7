/** A word and its piece of the picture, to be put right. */

import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { Problem, sendJson } from "../api/client";
import type { Job, Page, PageRecord } from "../api/types";
import type { Book } from "../state/job";
import { t } from "../texts";
import { Button } from "../ui/parts";
import { Crop } from "./Doubtful";
import type { Placed } from "./words";

export interface Correcting { word: Placed; at: DOMRect }

interface Props extends Correcting { job: Job; book: Book; onClose: () => void; onSaved: () => void }

export function Correction({ word, at, job, book, onClose, onSaved }: Props) {
  const ref = useRef<HTMLFormElement>(null);
  const [value, setValue] = useState(word.content);
  const [page, setPage] = useState<Page | null>(null);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const [place, setPlace] = useState({ left: at.left, top: at.bottom + 8 });
  const editable = word.index >= 0 && (job.state === "done" || job.state === "partial");

  useEffect(() => { setValue(word.content); setWrong(""); void book.page(word.page).then(setPage, () => undefined); }, [word, book]);
  useLayoutEffect(() => {
    const box = ref.current?.getBoundingClientRect();
    if (!box) return;
    const below = at.bottom + 8 + box.height < innerHeight;
    setPlace({ left: Math.max(12, Math.min(at.left, innerWidth - box.width - 12)), top: Math.max(12, below ? at.bottom + 8 : at.top - box.height - 8) });
  }, [at, page]);
  useEffect(() => {
    const from = document.activeElement as HTMLElement | null;
    const outside = (event: PointerEvent) => { if (!ref.current?.contains(event.target as Node)) onClose(); };
    addEventListener("pointerdown", outside);
    return () => { removeEventListener("pointerdown", outside); from?.focus({ preventScroll: true }); };
  }, [onClose]);

  const save = async () => {
    setBusy(true);
    try {
      const answer = await sendJson<PageRecord>(`/v1/jobs/${job.id}/pages/${word.page}/corrections`,
        { corrections: [{ word: word.index, was: word.content, content: value.trim() }] });
      if (answer.page) book.put(answer.page);
      onSaved();
    } catch (error) {
      setBusy(false);
      setWrong(error instanceof Problem ? (error.status === 409 ? t.correct.changed : error.message) : t.problems.other);
    }
  };

  return (
    <form className="popover correction" ref={ref} style={place} role="dialog" aria-label={t.correct.title}
      onSubmit={(event) => { event.preventDefault(); void save(); }}
      onKeyDown={(event) => { if (event.key === "Escape") { event.stopPropagation(); onClose(); } }}>
      {page && <Crop job={job} page={page} word={word} large />}
      <label><span className="visually-hidden">{t.correct.label}</span>
        <input className="input" autoFocus value={value} disabled={!editable} spellCheck={false} dir="auto" maxLength={200}
          onFocus={(event) => event.target.select()} onChange={(event) => setValue(event.target.value)} /></label>
      <p className="hint">{wrong ? <span className="wrong" role="alert">{wrong}</span> : value.trim() ? t.correct.was(Math.round(word.confidence * 100)) : t.correct.empty}</p>
      {editable && <div className="row end"><Button look="quiet" small onClick={onClose}>{t.correct.cancel}</Button>
        <Button look="main" small type="submit" disabled={busy}>{busy ? t.correct.saving : value.trim() === word.content ? t.correct.right : t.correct.save}</Button></div>}
    </form>
  );
}
