/** The Markdown as it is downloaded. */

import { useEffect, useState } from "react";
import { ask, Problem } from "../api/client";
import type { Job } from "../api/types";
import { t } from "../texts";
import { Read } from "../ui/icons";
import { CopyButton, EmptyState } from "../ui/parts";
import { ProblemCard } from "../ui/problem";

const SHOWN = 300_000; // characters; more makes browsers slow

export function SourcePanel({ job, version }: { job: Job; version: number }) {
  const [text, setText] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const ready = job.state === "done" || job.state === "partial";
  useEffect(() => {
    if (!ready) return;
    const abort = new AbortController();
    setProblem(null);
    ask(`/v1/jobs/${job.id}/result?format=md`, { signal: abort.signal, cache: "no-store" })
      .then((answer) => answer.text()).then(setText, (error) => error instanceof Problem && setProblem(error));
    return () => abort.abort();
  }, [job.id, ready, version]);
  if (!ready) return <EmptyState icon={<Read size={24} />} title={t.tabs.wait} />;
  if (problem) return <div className="source-problem"><ProblemCard problem={problem} /></div>;
  return (
    <div className="source">
      <div className="source-head"><span>{text === null ? t.job.loading : t.units.bytes(new Blob([text]).size)}</span><span className="grow" />{text !== null && <CopyButton text={() => text} />}</div>
      <pre className="markdown" tabIndex={0} role="region" aria-label={t.tabs.markdown}>{text?.slice(0, SHOWN)}</pre>
      {text !== null && text.length > SHOWN && <p className="hint">{t.tabs.large(t.units.bytes(SHOWN), t.units.bytes(text.length))}</p>}
    </div>
  );
}
