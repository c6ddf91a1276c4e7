/** A document: its picture on one side, what was read on the other. */

import { useCallback, useEffect, useMemo, useRef, useState, type RefObject } from "react";
import { Problem } from "../api/client";
import { cancelJob, deleteJob } from "../api/jobs";
import { FINAL, type Job } from "../api/types";
import { useJob, type Sheet } from "../state/job";
import { go, useRoute } from "../state/route";
import { change, useSettings } from "../state/settings";
import { locale, t } from "../texts";
import { Plus, Trash, Warning } from "../ui/icons";
import { Bar, Button, Dialog, EmptyState, IconButton, Segmented, StateDot, Tabs } from "../ui/parts";
import { NeedsKey, ProblemCard } from "../ui/problem";
import { useToast } from "../ui/toast";
import { Active } from "./active";
import { ChatPanel } from "./Chat";
import { CodePanel } from "./CodePanel";
import { Correction, type Correcting } from "./Correction";
import { Doubtful } from "./Doubtful";
import { Downloads } from "./Downloads";
import { JsonPanel } from "./JsonPanel";
import { PicturePane } from "./PicturePane";
import { SourcePanel } from "./SourcePanel";
import { TextPane } from "./TextPane";
import { Toolbar } from "./Toolbar";
import { useJobKeys } from "./keys";
import { UsePanel } from "./UsePanel";
import { placed, wordsIn, type Placed } from "./words";

const TABS = ["document", "text", "markdown", "json", "doubtful", "chat", "use", "code"] as const;
export type TabId = (typeof TABS)[number];

export function JobView({ id }: { id: string }) {
  const looked = useJob(id);
  const { job, problem } = looked;
  if (problem?.status === 401) return <main className="page" id="main"><NeedsKey onDone={() => location.reload()} /></main>;
  if (problem && problem.status === 404) {
    return <main className="page" id="main"><EmptyState icon={<Warning size={24} />} title={t.job.missing}
      action={<Button look="main" onClick={() => go("/read")}>{t.job.again}</Button>}>{t.job.missingWhy}</EmptyState></main>;
  }
  if (problem && !job) return <main className="page" id="main"><ProblemCard problem={problem} onRetry={() => location.reload()} /></main>;
  if (!job) return <main className="page" id="main" aria-busy="true"><p className="loading">{t.job.loading}</p></main>;
  return <Opened key={job.id} {...looked} job={job} />;
}

function Opened({ job, sheets, book, refresh }: ReturnType<typeof useJob> & { job: Job }) {
  const route = useRoute();
  const { threshold, shade, split } = useSettings();
  const [tab, setTabState] = useState<TabId>((TABS as readonly string[]).includes(route.tab) ? (route.tab as TabId) : job.tool ? "use" : "document");
  const [zoom, setZoom] = useState(1);
  const [current, setCurrent] = useState(0);
  const [side, setSide] = useState<"picture" | "text">("text");
  const [correcting, setCorrecting] = useState<Correcting | null>(null);
  const [downloads, setDownloads] = useState(false);
  const active = useMemo(() => new Active(), []);
  const root = useRef<HTMLDivElement>(null);
  const picture = useRef<HTMLDivElement>(null);
  const text = useRef<HTMLDivElement>(null);
  const toast = useToast();

  useEffect(() => { active.attach(root.current); }, [active]);
  useEffect(() => {
    document.title = `${job.name || t.job.untitled} · ${t.brand}`;
    return () => { document.title = t.brand; };
  }, [job.name]);

  const setTab = useCallback((to: TabId) => { setTabState(to); setSide("text"); setCorrecting(null); }, []);
  const onZoom = useCallback((factor: number) => setZoom((old) => Math.min(6, Math.max(0.25, old * factor))), []);
  const onOpen = useCallback((word: Placed, at: DOMRect) => setCorrecting({ word, at }), []);
  const pane = tab === "document" || tab === "text";

  usePagesTogether(picture, text, sheets, pane ? tab : "", setCurrent);
  const toPage = useCallback((number: number) => {
    for (const box of [picture, text]) scrollToPage(box.current, number);
    setCurrent(number);
  }, []);
  useEffect(() => { if (route.page && sheets.length) toPage(route.page); }, [route.page, sheets.length > 0]);

  useJobKeys({ job, sheets, book, active, current, toPage, zoom: onZoom, fit: () => setZoom(1), threshold,
    open: onOpen, downloads: () => setDownloads(true), blocked: Boolean(correcting) });

  const chosen = useCallback((word: Placed) => {
    setSide("picture");
    toPage(word.page);
    // the page may have to be drawn first
    setTimeout(() => { active.choose(word.id); if (tab === "doubtful") active.show(word.id, "picture"); }, 60);
    setTimeout(() => active.show(word.id, "picture"), 400);
  }, [active, tab, toPage]);

  const cite = useCallback(async (number: number, boxes: number[][]) => {
    setSide("picture");
    if (current !== number) toPage(number);
    const page = await book.page(number).catch(() => null);
    const words = page ? wordsIn(placed(page), boxes).map((word) => word.id) : [];
    active.cite(words);
    // the page may have to be drawn first
    for (const wait of [250, 700]) setTimeout(() => { if (words[0]) active.show(words[0], "picture"); }, wait);
  }, [active, book, current, toPage]);

  const corrected = useCallback(async () => {
    setCorrecting(null);
    toast(t.correct.saved);
    await refresh();
  }, [refresh, toast]);

  return (
    <main className={`job side-${side}`} id="main" ref={root}>
      <Header job={job} onChanged={refresh} downloads={downloads} setDownloads={setDownloads} />
      <Status job={job} sheets={sheets} />
      <div className="side-switch"><Segmented label={t.tabs.label} value={side} onChange={(to) => setSide(to as "text")}
        options={[{ id: "picture", label: t.view.showPicture }, { id: "text", label: t.view.showText }]} /></div>
      <div className="panes" style={{ "--split": `${split}%` } as React.CSSProperties}>
        <section className="pane left">
          <Toolbar sheets={sheets} current={current || sheets[0]?.number || 1} toPage={toPage} zoom={zoom} onZoom={onZoom} onFit={() => setZoom(1)}
            threshold={threshold} shade={shade} />
          <PicturePane {...{ job, sheets, book, active, zoom, threshold, shade, onZoom, onOpen }} pane={picture} />
        </section>
        <Splitter split={split} />
        <section className="pane right">
          <Tabs label={t.tabs.label} value={tab} onChange={(to) => setTab(to as TabId)} panel="panel"
            tabs={TABS.map((each) => ({ id: each, label: t.tabs[each] }))} />
          <div className="panel" id="panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
            {pane && <TextPane {...{ job, sheets, book, active, threshold, shade, onOpen }} plain={tab === "text"} pane={text} />}
            {tab === "markdown" && <SourcePanel job={job} version={book.version} />}
            {tab === "json" && <JsonPanel book={book} sheets={sheets} current={current || sheets[0]?.number || 1} toPage={toPage} />}
            {tab === "doubtful" && <Doubtful job={job} sheets={sheets} book={book} threshold={threshold} onChoose={chosen} onOpen={onOpen} />}
            {tab === "chat" && <ChatPanel job={job} sheets={sheets.length} onCite={cite} />}
            {tab === "use" && <UsePanel job={job} book={book} active={active} onCite={cite} />}
            {tab === "code" && <CodePanel job={job} />}
          </div>
        </section>
      </div>
      {correcting && <Correction {...correcting} job={job} book={book} onClose={() => setCorrecting(null)} onSaved={corrected} />}
      <Announcer active={active} book={book} />
    </main>
  );
}

function Header({ job, onChanged, downloads, setDownloads }: { job: Job; onChanged: () => Promise<unknown>; downloads: boolean; setDownloads: (open: boolean) => void }) {
  const [asking, setAsking] = useState(false);
  const [cancelling, setCancelling] = useState(false);
  const toast = useToast();
  const facts = [
    job.progress.pages ? t.job.pages(job.progress.pages) : "",
    job.characters ? t.job.characters(job.characters) : "",
    job.confidence === null ? "" : t.job.confidence(Math.round(job.confidence * 100)),
    job.language ? languageName(job.language) : "",
  ].filter(Boolean);
  const stop = async () => {
    setCancelling(true);
    try { await cancelJob(job.id); await onChanged(); } catch (error) { if (error instanceof Problem) toast(error.message, true); }
    setCancelling(false);
  };
  const remove = async () => {
    try { await deleteJob(job.id); go("/read"); } catch (error) { setAsking(false); if (error instanceof Problem) toast(error.message, true); }
  };
  return (
    <header className="job-head">
      <div className="job-title">
        <h1 title={job.name}>{job.name || t.job.untitled}</h1>
        <p><StateDot state={job.state} />{facts.map((fact) => <span key={fact}>{fact}</span>)}</p>
      </div>
      <div className="job-actions">
        {FINAL.has(job.state)
          ? (job.state === "done" || job.state === "partial") && <Downloads job={job} open={downloads} setOpen={setDownloads} />
          : <Button onClick={stop} disabled={cancelling}>{cancelling ? t.job.cancelling : t.job.cancel}</Button>}
        <IconButton label={t.job.remove} onClick={() => setAsking(true)}><Trash /></IconButton>
        <IconButton label={t.job.again} onClick={() => go("/read")}><Plus /></IconButton>
      </div>
      {asking && (
        <Dialog title={t.job.removeAsk} onClose={() => setAsking(false)}>
          <p>{t.job.removeWhy}</p>
          <div className="row end"><Button onClick={() => setAsking(false)}>{t.job.keep}</Button><Button look="danger" onClick={remove}>{t.job.remove}</Button></div>
        </Dialog>
      )}
    </header>
  );
}

function Status({ job, sheets }: { job: Job; sheets: Sheet[] }) {
  if (!FINAL.has(job.state)) {
    const { pages, done, failed } = job.progress;
    const over = done + failed;
    const words = pages ? t.job.progress(over, pages) : t.states[job.state];
    return (
      <div className="job-progress" data-progress={pages ? `${over}/${pages}` : ""}>
        {pages > 1 && pages <= 120 && sheets.length === pages
          ? <div className="ticks" role="progressbar" aria-label={t.states[job.state]} aria-valuemin={0} aria-valuemax={pages} aria-valuenow={over}>{sheets.map((sheet) => <i key={sheet.number} className={sheet.state} />)}</div>
          : <Bar done={pages ? over / pages : 0} busy={!pages || job.state === "queued"} label={t.states[job.state] ?? ""} />}
        <div className="job-progress-text" role="status">
          <span>{words}</span>
          {job.state === "queued" && job.position !== null && <span>{t.job.before(job.position)}</span>}
          {job.seconds_left !== null && pages > 3 && over < pages && over > 0 && <span>{t.job.left(job.seconds_left)}</span>}
        </div>
      </div>
    );
  }
  if (job.state === "failed") return <Note title={t.job.failed} why={job.failure?.message} code={job.failure?.code} />;
  if (job.state === "cancelled") return <Note title={t.job.cancelled} why={t.job.cancelledWhy} />;
  if (job.state === "expired") return <Note title={t.job.expired} why={t.job.expiredWhy} />;
  if (job.state === "partial") return <Note title={t.job.failedPages(job.progress.failed)} why={sheets.find((sheet) => sheet.failure)?.failure?.message} />;
  return null;
}

function Note({ title, why, code }: { title: string; why?: string; code?: string }) {
  return <div className="job-note" role="status" data-problem={code === "balance" ? "402" : code}><Warning /><div><strong>{title}</strong>{why && <span>{why}</span>}
    {code === "balance" && <p><a href="#/account">{t.balance.account}</a></p>}</div></div>;
}

function Splitter({ split }: { split: number }) {
  const move = (to: number) => change({ split: Math.round(Math.min(78, Math.max(22, to)) * 10) / 10 });
  return (
    <div className="splitter" role="separator" tabIndex={0} aria-orientation="vertical" aria-label={t.view.splitter} aria-valuenow={Math.round(split)} aria-valuemin={22} aria-valuemax={78}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
        if (by) { event.preventDefault(); event.stopPropagation(); move(split + by); }
      }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const box = event.currentTarget.parentElement?.getBoundingClientRect();
        if (box) move(((event.clientX - box.left) / box.width) * 100);
      }} />
  );
}

/** Says to screen readers which word is chosen. */
function Announcer({ active, book }: { active: Active; book: ReturnType<typeof useJob>["book"] }) {
  const [said, setSaid] = useState("");
  useEffect(() => active.listen(async (id) => {
    if (!id) return setSaid("");
    const page = await book.page(Number(id.split("-")[0]));
    const word = page && placed(page).byId.get(id);
    if (word) setSaid(`${word.content}, ${t.job.confidence(Math.round(word.confidence * 100))}, ${t.view.pageLabel(word.page)}`);
  }), [active, book]);
  return <div className="visually-hidden" aria-live="polite">{said}</div>;
}

/** When one pane is scrolled to another page, the other pane goes along. */
function usePagesTogether(
  picture: RefObject<HTMLDivElement | null>, text: RefObject<HTMLDivElement | null>, sheets: Sheet[], tab: string, setCurrent: (page: number) => void,
) {
  useEffect(() => {
    let leader: HTMLElement | null = null;
    let shown = 0;
    const boxes = [picture.current, text.current].filter((box) => box !== null);
    const lead = (event: Event) => { leader = event.currentTarget as HTMLElement; };
    const scrolled = (event: Event) => {
      const box = event.currentTarget as HTMLElement;
      if (leader && leader !== box) return;
      const page = pageIn(box);
      if (!page || page === shown) return;
      shown = page;
      setCurrent(page);
      if (leader) for (const other of boxes) if (other !== box && pageIn(other) !== page) scrollToPage(other, page);
    };
    for (const box of boxes) {
      for (const kind of ["wheel", "pointerdown", "touchstart", "keydown"]) box.addEventListener(kind, lead, { passive: true });
      box.addEventListener("scroll", scrolled, { passive: true });
    }
    return () => {
      for (const box of boxes) {
        for (const kind of ["wheel", "pointerdown", "touchstart", "keydown"]) box.removeEventListener(kind, lead);
        box.removeEventListener("scroll", scrolled);
      }
    };
  }, [picture, text, sheets.length, tab, setCurrent]);
}

/** The page at a third of a pane's height. Pages stand in order, so halving finds it. */
function pageIn(box: HTMLElement): number {
  const sheets = box.querySelectorAll<HTMLElement>("[data-page]");
  const at = box.getBoundingClientRect().top + box.clientHeight / 3;
  let low = 0, high = sheets.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sheets[middle] as HTMLElement).getBoundingClientRect().top <= at) low = middle; else high = middle - 1;
  }
  return Number(sheets[low]?.dataset.page ?? 0);
}

function scrollToPage(box: HTMLElement | null, page: number): void {
  const sheet = box?.querySelector(`[data-page="${page}"]`);
  if (box && sheet) box.scrollTop += sheet.getBoundingClientRect().top - box.getBoundingClientRect().top - 16;
}

function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([locale], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}
