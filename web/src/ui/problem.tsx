/** What went wrong, said well. */

import { useState } from "react";
import { Problem } from "../api/client";
import { go } from "../state/route";
import { change } from "../state/settings";
import { t } from "../texts";
import { Account, Key, Warning } from "./icons";
import { Button } from "./parts";

export function titleOf(problem: Problem): string {
  if (problem.code === "unreachable" && problem.status === 0) return t.problems.unreachable;
  if (problem.status === 401) return t.problems.unauthorized;
  if (problem.status === 402) return t.balance.title;
  if (problem.status === 403) return t.problems.forbidden;
  return problem.body.title || (problem.code === "http" ? t.problems.http(problem.status) : t.problems.other);
}

export function ProblemCard({ problem, onRetry }: { problem: Problem; onRetry?: () => void }) {
  if (problem.status === 402) return <Balance problem={problem} />;
  if (problem.status === 401) return <NeedsKey onDone={onRetry} />;
  const why = problem.status === 0 ? t.problems.unreachableWhy : problem.body.detail;
  return (
    <div className="card notice" role="alert">
      <div className="notice-icon warn"><Warning size={20} /></div>
      <div><h2>{titleOf(problem)}</h2>{why && <p>{why}</p>}
        {onRetry && <div className="row"><Button onClick={onRetry}>{t.problems.retry}</Button></div>}</div>
    </div>
  );
}

function Balance({ problem }: { problem: Problem }) {
  const { used = 0, cap, period = "month" } = problem.body;
  const counted = typeof cap === "number" && cap > 0;
  return (
    <div className="card notice" role="alert" data-problem="402">
      <div className="notice-icon warn"><Account size={20} /></div>
      <div className="grow">
        <h2>{t.balance.title}</h2>
        <p>{counted ? t.balance.used(used, cap, t.balance.period[period] ?? period) : t.balance.needs} {t.balance.why}</p>
        {counted && <div className="meter" aria-hidden="true"><div style={{ width: `${Math.min(100, (used / cap) * 100)}%` }} /></div>}
        <div className="row">
          <Button look="main" onClick={() => go("/account")}>{t.balance.account}</Button>
        </div>
      </div>
    </div>
  );
}

export function NeedsKey({ onDone }: { onDone?: () => void }) {
  const [value, setValue] = useState("");
  return (
    <form className="card notice" onSubmit={(event) => { event.preventDefault(); change({ key: value.trim() }); onDone ? onDone() : location.reload(); }}>
      <div className="notice-icon"><Key size={20} /></div>
      <div className="grow">
        <h2>{t.problems.unauthorized}</h2>
        <p>{t.problems.unauthorizedWhy} <code>legenda keys create</code></p>
        <div className="row">
          <input className="input grow" type="password" autoComplete="off" spellCheck={false} aria-label={t.account.key} placeholder={t.account.keyPlaceholder}
            value={value} onChange={(event) => setValue(event.target.value)} required />
          <Button look="main" type="submit">{t.account.useKey}</Button>
        </div>
        <p className="hint">{t.account.keyHint}</p>
      </div>
    </form>
  );
}
