/** A job while it is looked at: its record, its pages, and what was read on those near by. */

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Problem } from "../api/client";
import { follow, getJob, getPage, listPages } from "../api/jobs";
import { FINAL, type Job, type Page, type PageRecord, type PageState } from "../api/types";

export interface Sheet { number: number; state: PageState; confidence: number | null; failure: { code: string; message: string } | null }

export interface Looked {
  job: Job | null;
  problem: Problem | null;
  sheets: Sheet[];
  book: Book;
  refresh: () => Promise<Job | null>;
}

const KEPT = 80; // pages in memory; a book is read from the server again as it is leafed through

/** The pages that were fetched. One promise a page, so that the panes share it. */
export class Book {
  private readonly pages = new Map<number, Promise<Page | null>>();
  private readonly listeners = new Set<() => void>();
  version = 0;

  constructor(readonly job: string) {}

  page(number: number): Promise<Page | null> {
    let found = this.pages.get(number);
    if (found) {
      this.pages.delete(number);
    } else {
      found = getPage(this.job, number).then((record) => record.page ?? null);
      found.catch(() => this.pages.delete(number));
    }
    this.pages.set(number, found);
    if (this.pages.size > KEPT) this.pages.delete(this.pages.keys().next().value as number);
    return found;
  }

  put(page: Page): void {
    this.pages.set(page.number, Promise.resolve(page));
    this.version += 1;
    this.listeners.forEach((tell) => tell());
  }

  listen(tell: () => void): () => void {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  }
}

export function useJob(id: string): Looked {
  const [job, setJob] = useState<Job | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sheets, setSheets] = useState<Sheet[]>([]);
  const book = useMemo(() => new Book(id), [id]);
  const seen = useRef(0);

  const refresh = useCallback(async () => {
    try {
      const found = await getJob(id);
      setJob(found);
      const records = found.progress.pages ? await listPages(id) : [];
      seen.current = records.length;
      setSheets(records.map(sheetOf));
      return found;
    } catch (error) {
      if (error instanceof Problem) setProblem(error);
      return null;
    }
  }, [id]);

  useEffect(() => {
    const abort = new AbortController();
    setJob(null); setProblem(null); setSheets([]); seen.current = 0;
    void (async () => {
      const found = await refresh();
      if (abort.signal.aborted || !found || FINAL.has(found.state)) return;
      await follow(id, (event) => {
        const data = event.data as Record<string, number> & { state?: string };
        setJob((old) => old && told(old, event.kind, data));
        if (event.kind === "page") {
          const number = data.number as number;
          setSheets((old) => old.map((sheet) =>
            sheet.number === number ? { ...sheet, state: data.state as PageState } : sheet));
        }
        if (event.kind === "state" && (!seen.current || FINAL.has(data.state as Job["state"]))) void refresh();
      }, abort.signal);
      if (!abort.signal.aborted) await refresh();
    })();
    return () => abort.abort();
  }, [id, refresh]);

  return { job, problem, sheets, book, refresh };
}

function sheetOf(record: PageRecord): Sheet {
  return { number: record.number, state: record.state, confidence: record.confidence, failure: record.failure };
}

function told(job: Job, kind: string, data: Record<string, unknown>): Job {
  const progress = "page_count" in data
    ? { pages: data.page_count as number, done: data.pages_done as number, failed: data.pages_failed as number }
    : job.progress;
  // a stream tells of the past, too: what is final stays so
  const state = kind === "state" && !FINAL.has(job.state) ? (data.state as Job["state"]) : job.state;
  return FINAL.has(job.state) ? job : { ...job, state, progress };
}

/** What was read on a page, once it is done and wanted. */
export function usePage(book: Book, number: number, wanted: boolean): Page | null {
  const [page, setPage] = useState<Page | null>(null);
  const [version, setVersion] = useState(book.version);
  useEffect(() => book.listen(() => setVersion(book.version)), [book]);
  useEffect(() => {
    if (!wanted) return;
    let left = false;
    book.page(number).then((found) => left || setPage(found), () => undefined);
    return () => { left = true; };
  }, [book, number, wanted, version]);
  return page;
}
