/** What was read before. */

import { useEffect, useState } from "react";
import { Problem } from "../api/client";
import { listJobs } from "../api/jobs";
import type { Job } from "../api/types";
import { go } from "../state/route";
import { locale, t } from "../texts";
import { Empty, Search } from "../ui/icons";
import { Button, EmptyState, StateDot } from "../ui/parts";
import { ProblemCard } from "../ui/problem";

export default function HistoryView() {
  const [q, setQ] = useState("");
  const [jobs, setJobs] = useState<Job[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [again, setAgain] = useState(0);

  useEffect(() => {
    let left = false;
    const timer = setTimeout(() => {
      listJobs({ q: q.trim() }).then(
        (found) => { if (!left) { setJobs(found.jobs); setNext(found.next); setProblem(null); } },
        (error) => { if (!left && error instanceof Problem) setProblem(error); },
      );
    }, q ? 180 : 0);
    return () => { left = true; clearTimeout(timer); };
  }, [q, again]);
  // what is still being read changes by itself
  const busy = jobs?.some((job) => !job.finished) ?? false;
  useEffect(() => {
    if (!busy) return;
    const timer = setInterval(() => setAgain((n) => n + 1), 2500);
    return () => clearInterval(timer);
  }, [busy]);

  const more = async () => {
    const found = await listJobs({ q: q.trim(), after: next ?? "" });
    setJobs([...(jobs ?? []), ...found.jobs]);
    setNext(found.next);
  };

  return (
    <main className="page wide" id="main">
      <header className="page-head"><h1>{t.history.title}</h1>
        <div className="search"><Search /><input id="search" className="input" type="search" value={q} placeholder={t.history.search} aria-label={t.history.search} onChange={(event) => setQ(event.target.value)} /></div></header>
      {problem && <ProblemCard problem={problem} onRetry={() => { setProblem(null); setAgain(again + 1); }} />}
      {jobs && jobs.length > 0 && (
        <div className="list-table" role="table" aria-label={t.history.title}>
          <div role="row" className="head"><span role="columnheader">{t.history.name}</span><span role="columnheader">{t.history.state}</span><span role="columnheader">{t.history.pages}</span><span role="columnheader">{t.history.when}</span></div>
          {jobs.map((job) => (
            <div role="row" key={job.id} className="line">
              <span role="cell" className="name"><a href={`#/jobs/${job.id}`}>{job.name || t.job.untitled}</a>{job.format && <small className="chip">{t.units.sortOf(job.format)}</small>}{job.tool && <small className="chip">{job.tool}</small>}</span>
              <span role="cell"><StateDot state={job.state} /></span>
              <span role="cell" className="number">{job.progress.pages || "–"}</span>
              <span role="cell" className="when"><time dateTime={job.created}>{when(job.created)}</time></span>
            </div>
          ))}
        </div>
      )}
      {jobs?.length === 0 && (q
        ? <EmptyState icon={<Search size={24} />} title={t.history.none(q)} />
        : <EmptyState icon={<Empty size={24} />} title={t.history.empty} action={<Button look="main" onClick={() => go("/read")}>{t.history.read}</Button>}>{t.history.emptyHint}</EmptyState>)}
      {next && <div className="row center"><Button onClick={more}>{t.history.more}</Button></div>}
    </main>
  );
}

function when(time: string): string {
  const at = new Date(time);
  const seconds = (at.getTime() - Date.now()) / 1000;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  if (seconds > -60) return format.format(0, "second");
  if (seconds > -3600) return format.format(Math.round(seconds / 60), "minute");
  if (seconds > -86400) return format.format(Math.round(seconds / 3600), "hour");
  return at.toLocaleDateString(locale, { day: "numeric", month: "short", year: "numeric" });
}
