/** Who the visitor is to this server, what was used, and the keys that open it. */

import { useCallback, useEffect, useState, type FormEvent } from "react";
import { ask, askJson, Problem, sendJson } from "../api/client";
import type { Usage } from "../api/types";
import { change, useSettings } from "../state/settings";
import { locale, t } from "../texts";
import { Key as KeyIcon } from "../ui/icons";
import { Button, CopyButton, Dialog, EmptyState } from "../ui/parts";
import { NeedsKey, ProblemCard } from "../ui/problem";
import { useToast } from "../ui/toast";

interface AccountOut {
  tenant: string; key: string; plan: string; scopes: string[]; anonymous: boolean; charged: boolean;
  used: number; cap: number | null; period: string; paid: number;
}
interface Key { id: string; tenant: string; name: string; shown: string; scopes: string[]; plan: string; created: string; revoked: string | null; last_used: string | null }

export default function AccountView() {
  const { key } = useSettings();
  const [account, setAccount] = useState<AccountOut | null>(null);
  const [usage, setUsage] = useState<Usage | null>(null);
  const [keys, setKeys] = useState<Key[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  const look = useCallback(async () => {
    try {
      const found = await askJson<AccountOut>("/v1/account");
      setProblem(null);
      setAccount(found);
      setUsage(await askJson<Usage>("/v1/usage"));
      setKeys(found.scopes.includes("admin") ? await askJson<Key[]>("/v1/keys") : null);
    } catch (error) {
      if (error instanceof Problem) { setProblem(error); setAccount(null); }
    }
  }, []);
  useEffect(() => { void look(); }, [look, key]);

  return (
    <main className="page wide account" id="main">
      <header><h1>{t.account.title}</h1><p className="lead">{t.account.lead}</p></header>
      {problem && (problem.status === 401 ? <NeedsKey onDone={look} /> : <ProblemCard problem={problem} onRetry={look} />)}
      {account && (
        <div className="two">
          <You account={account} onChanged={look} />
          <Balance account={account} />
        </div>
      )}
      {account && usage && <UsageTable usage={usage} keys={keys} />}
      {account && (keys ? <Keys keys={keys} account={account} onChanged={look} /> : <p className="hint">{t.account.keysForbidden}</p>)}
    </main>
  );
}

function You({ account, onChanged }: { account: AccountOut; onChanged: () => void }) {
  const { key } = useSettings();
  const [value, setValue] = useState("");
  const [wrong, setWrong] = useState("");
  const use = async (event: FormEvent) => {
    event.preventDefault();
    const before = key;
    change({ key: value.trim() });
    try {
      await askJson("/v1/account");
      setValue(""); setWrong(""); onChanged();
    } catch (error) {
      change({ key: before });
      setWrong(error instanceof Problem && error.status === 401 ? t.account.keyWrong : t.problems.other);
    }
  };
  return (
    <section className="card">
      <h2>{t.account.you}</h2>
      <dl className="facts">
        <div><dt>{t.account.tenant}</dt><dd>{account.anonymous ? (account.tenant ? t.account.local : t.account.anonymous) : account.tenant}</dd></div>
        <div><dt>{t.account.plan}</dt><dd>{account.plan}</dd></div>
        <div><dt>{t.account.scopes}</dt><dd>{account.scopes.map((scope) => t.account.scope[scope] ?? scope).join(", ")}</dd></div>
        {key && <div><dt>{t.account.key}</dt><dd><code>{key.slice(0, 10)}…</code></dd></div>}
      </dl>
      <form className="row" onSubmit={use}>
        <input className="input grow" type="password" autoComplete="off" spellCheck={false} required aria-label={t.account.key} placeholder={t.account.keyPlaceholder} value={value} onChange={(event) => setValue(event.target.value)} />
        <Button type="submit">{t.account.useKey}</Button>
        {key && <Button look="quiet" onClick={() => { change({ key: "" }); onChanged(); }}>{t.account.forget}</Button>}
      </form>
      <p className="hint">{wrong ? <span className="wrong" role="alert">{wrong}</span> : t.account.keyHint}</p>
    </section>
  );
}

function Balance({ account }: { account: AccountOut }) {
  const { used, cap, paid, charged } = account;
  const period = t.balance.period[account.period] ?? account.period;
  return (
    <section className="card">
      <h2>{t.account.balance}</h2>
      {!charged ? <p className="figure">{used.toLocaleString(locale)}<small>{t.account.usedPeriod(used, period).replace(/^[\d,.\s]+/, "")}</small></p>
        : <p className="figure">{((cap === null ? 0 : Math.max(0, cap - used)) + paid).toLocaleString(locale)}<small>{t.account.paidOrFree}</small></p>}
      {cap !== null && <><div className="meter" role="img" aria-label={t.account.free(used, cap, period)}><div style={{ width: `${cap ? Math.min(100, (used / cap) * 100) : 100}%` }} /></div><p className="hint">{t.account.free(used, cap, period)}</p></>}
      {charged ? <p className="hint">{t.account.paid(paid)}</p> : <p className="hint">{t.account.unlimited}</p>}
    </section>
  );
}

function UsageTable({ usage, keys }: { usage: Usage; keys: Key[] | null }) {
  const nameOf = (id: string) => (id ? keys?.find((key) => key.id === id)?.name || keys?.find((key) => key.id === id)?.shown || `${id.slice(0, 8)}…` : t.account.anonymous);
  return (
    <section>
      <h2 className="section">{t.account.usage}</h2>
      {usage.usage.length === 0 ? <p className="hint">{t.account.noUsage}</p> : (
        <div className="table-box" tabIndex={0} role="region" aria-label={t.account.usage}>
          <table>
            <thead><tr><th>{t.account.period}</th><th>{t.account.withKey}</th><th className="number">{t.account.jobs}</th><th className="number">{t.account.pages}</th><th className="number">{t.account.failed}</th><th className="number">{t.account.credits}</th></tr></thead>
            <tbody>{usage.usage.map((row) => (
              <tr key={`${row.period}${row.key_id}${row.account}`}><td>{row.period}</td><td>{nameOf(row.key_id)}</td><td className="number">{row.jobs.toLocaleString(locale)}</td><td className="number">{row.pages.toLocaleString(locale)}</td><td className="number">{row.failed.toLocaleString(locale)}</td><td className="number">{(row.free + row.paid).toLocaleString(locale)}</td></tr>
            ))}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Keys({ keys, account, onChanged }: { keys: Key[]; account: AccountOut; onChanged: () => void }) {
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Key | null>(null);
  const toast = useToast();
  const revoke = async (key: Key) => {
    try { await ask(`/v1/keys/${key.id}`, { method: "DELETE" }); } catch (error) { if (error instanceof Problem) toast(error.message, true); }
    if (key.id === account.key) change({ key: "" });
    setRevoking(null);
    onChanged();
  };
  const date = (time: string | null) => (time ? new Date(time).toLocaleDateString(locale, { day: "numeric", month: "short", year: "numeric" }) : t.account.never);
  return (
    <section>
      <div className="section row"><h2 className="grow">{t.account.keys}</h2><Button small onClick={() => setMaking(true)}>{t.account.make}</Button></div>
      {keys.length === 0 ? <div className="card"><EmptyState icon={<KeyIcon size={24} />} title={t.account.noKeys}>{t.account.noKeysHint}</EmptyState></div> : (
        <ul className="key-list card">
          {keys.map((key) => (
            <li key={key.id} className={key.revoked ? "revoked" : ""}>
              <div className="grow"><strong>{key.name || key.shown}</strong> <code>{key.shown}…</code>{key.id === account.key && <span className="chip strong">{t.account.thisKey}</span>}
                <p className="hint">{key.tenant} · {key.plan} · {key.scopes.map((scope) => t.account.scope[scope] ?? scope).join(", ")} · {t.account.created} {date(key.created)} · {t.account.lastUsed} {date(key.last_used)}</p></div>
              {key.revoked ? <span className="chip">{t.account.revoked}</span> : <Button look="quiet" small onClick={() => setRevoking(key)}>{t.account.revoke}</Button>}
            </li>
          ))}
        </ul>
      )}
      {making && <MakeKey account={account} first={keys.every((key) => key.revoked)} onClose={() => { setMaking(false); onChanged(); }} />}
      {revoking && <Dialog title={t.account.revokeAsk(revoking.name || revoking.shown)} onClose={() => setRevoking(null)}>
        <p>{t.account.revokeWhy}</p><div className="row end"><Button onClick={() => setRevoking(null)}>{t.job.keep}</Button><Button look="danger" onClick={() => revoke(revoking)}>{t.account.revoke}</Button></div></Dialog>}
    </section>
  );
}

function MakeKey({ account, first, onClose }: { account: AccountOut; first: boolean; onClose: () => void }) {
  const [made, setMade] = useState("");
  const [wrong, setWrong] = useState("");
  const make = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    try {
      const key = await sendJson<{ secret: string }>("/v1/keys", { name: given.get("name"), tenant: given.get("tenant"), scopes: given.getAll("scopes") });
      setMade(key.secret);
      if (first) change({ key: key.secret }); // from now on this page needs one, too
    } catch (error) {
      setWrong(error instanceof Problem ? error.message : t.problems.other);
    }
  };
  return (
    <Dialog title={t.account.make} onClose={onClose}>
      {made ? (
        <>
          <p>{t.account.made}</p>
          <div className="secret"><code>{made}</code><CopyButton text={() => made} /></div>
          <div className="row end">{!first && <Button onClick={() => { change({ key: made }); onClose(); }}>{t.account.use}</Button>}<Button look="main" onClick={onClose}>{t.account.done}</Button></div>
        </>
      ) : (
        <form className="form" onSubmit={make}>
          <div className="field"><label className="field-label" htmlFor="key-name">{t.account.makeName}</label><input id="key-name" name="name" className="input" maxLength={128} autoFocus placeholder={t.account.makeNamePlaceholder} /></div>
          <div className="field"><label className="field-label" htmlFor="key-tenant">{t.account.makeTenant}</label><input id="key-tenant" name="tenant" className="input" required maxLength={64} defaultValue={account.tenant} pattern="[A-Za-z0-9][A-Za-z0-9._@\-]*" /></div>
          <fieldset className="field"><legend className="field-label">{t.account.makeScopes}</legend>
            {["read", "write", "admin"].map((scope) => <label key={scope} className="check"><input type="checkbox" name="scopes" value={scope} defaultChecked={scope !== "admin" || first} /> {t.account.scope[scope]}</label>)}</fieldset>
          {first && <p className="hint">{t.account.noKeysHint}</p>}
          {wrong && <p className="wrong" role="alert">{wrong}</p>}
          <div className="row end"><Button onClick={onClose}>{t.correct.cancel}</Button><Button look="main" type="submit">{t.account.make}</Button></div>
        </form>
      )}
    </Dialog>
  );
}
