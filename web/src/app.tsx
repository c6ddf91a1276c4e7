/** The frame of the page: navigation beside, what was asked for in it. */

import { lazy, Suspense, useEffect, useState, type ReactNode } from "react";
import { listJobs } from "./api/jobs";
import type { Job } from "./api/types";
import { Home } from "./home/Home";
import { JobView } from "./job/JobView";
import { typing } from "./job/keys";
import { go, useRoute } from "./state/route";
import { change, useSettings, type Theme } from "./state/settings";
import { t } from "./texts";
import { Account, History, Keyboard, Logo, Moon, Plus, Read, Screen, Sun, Tools, Warning } from "./ui/icons";
import { Button, Dialog, EmptyState, IconButton, StateDot } from "./ui/parts";
import { Boundary } from "./ui/boundary";
import { Toasts } from "./ui/toast";

const HistoryView = lazy(() => import("./history/History"));
const AccountView = lazy(() => import("./account/Account"));
const ToolsView = lazy(() => import("./tools/Tools"));

const PLACES: { name: string; icon: ReactNode }[] = [
  { name: "read", icon: <Read /> }, { name: "history", icon: <History /> }, { name: "tools", icon: <Tools /> }, { name: "account", icon: <Account /> },
];

export function App() {
  const route = useRoute();
  const [keys, setKeys] = useState(false);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      if (event.key === "?") setKeys(true);
      else if (event.key === "/") { event.preventDefault(); go("/history"); setTimeout(() => document.getElementById("search")?.focus(), 80); }
      else if (event.key === "u") go("/read");
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);

  return (
    <Toasts>
      <a className="skip" href="#main" onClick={(event) => { event.preventDefault(); const main = document.getElementById("main"); main?.setAttribute("tabindex", "-1"); main?.focus(); }}>{t.skip}</a>
      <div className="shell">
        <Sidebar place={route.name === "jobs" ? "" : route.name} job={route.name === "jobs" ? route.id : ""} onKeys={() => setKeys(true)} />
        <Boundary key={`${route.name}/${route.id}`} fallback={<main className="page" id="main"><EmptyState icon={<Warning size={24} />} title={t.problems.other} action={<Button onClick={() => location.reload()}>{t.problems.retry}</Button>} /></main>}>
          <Suspense fallback={<main className="page" id="main" aria-busy="true" />}>{view(route.name, route.id)}</Suspense>
        </Boundary>
      </div>
      {keys && (
        <Dialog title={t.keys.title} onClose={() => setKeys(false)}>
          <dl className="keys">{t.keys.rows.map(([key, what]) => <div key={key}><dt>{key.split("  ").map((each) => <kbd key={each}>{each}</kbd>)}</dt><dd>{what}</dd></div>)}</dl>
        </Dialog>
      )}
    </Toasts>
  );
}

function view(name: string, id: string): ReactNode {
  if (name === "jobs" && /^[0-9a-f]{32}$/.test(id)) return <JobView key={id} id={id} />;
  if (name === "history") return <HistoryView />;
  if (name === "account") return <AccountView />;
  if (name === "tools") return <ToolsView />;
  return <Home />;
}

function Sidebar({ place, job, onKeys }: { place: string; job: string; onKeys: () => void }) {
  const recent = useRecent(`${place}/${job}`);
  return (
    <nav className="sidebar" aria-label={t.nav.label}>
      <a className="brand" href="#/read"><Logo /><span>{t.brand}</span></a>
      <ul className="places">
        {PLACES.map(({ name, icon }) => (
          <li key={name}><a href={`#/${name}`} aria-current={place === name ? "page" : undefined}>{icon}<span>{t.nav[name as "read"]}</span></a></li>
        ))}
      </ul>
      <div className="recent">
        <h2>{t.nav.recent}<IconButton label={t.job.again} onClick={() => go("/read")}><Plus size={14} /></IconButton></h2>
        {recent.length === 0 && <p>{t.nav.nothingRecent}</p>}
        <ul>{recent.map((each) => (
          <li key={each.id}><a href={`#/jobs/${each.id}`} aria-current={each.id === job ? "page" : undefined} title={each.name}>
            <span className="name">{each.name || t.job.untitled}</span>{each.state !== "done" && <StateDot state={each.state} />}</a></li>
        ))}</ul>
      </div>
      <div className="foot"><ThemeSwitch /><IconButton label={t.nav.shortcuts} onClick={onKeys}><Keyboard /></IconButton></div>
    </nav>
  );
}

/** Looked up when the visitor goes somewhere, and every few seconds while something is being read. */
function useRecent(where: string): Job[] {
  const [jobs, setJobs] = useState<Job[]>([]);
  const { key } = useSettings();
  useEffect(() => {
    let timer = 0;
    let left = false;
    const look = async () => {
      const found = await listJobs({ limit: 12 }).catch(() => null);
      if (left) return;
      setJobs(found?.jobs ?? []);
      if (found?.jobs.some((job) => !job.finished)) timer = window.setTimeout(look, 2500);
    };
    timer = window.setTimeout(look, 60);
    return () => { left = true; clearTimeout(timer); };
  }, [where, key]);
  return jobs;
}

const THEMES: Theme[] = ["system", "light", "dark"];

function ThemeSwitch() {
  const { theme } = useSettings();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] as Theme;
  return (
    <IconButton label={`${t.theme.label}: ${t.theme[theme]}`} onClick={() => change({ theme: next })}>
      {theme === "light" ? <Sun /> : theme === "dark" ? <Moon /> : <Screen />}
    </IconButton>
  );
}
