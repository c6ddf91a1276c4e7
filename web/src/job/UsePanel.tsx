/** Tools on a document that is read: values, a translation, a summary, words gone. */

import { useCallback, useEffect, useState, type FormEvent } from "react";
import { ask, Problem } from "../api/client";
import type { Job } from "../api/types";
import type { Book } from "../state/job";
import { t } from "../texts";
import { listTools, titleOf, ToolIcon, type Tool } from "../tools/tool";
import { Close, Tools, Warning } from "../ui/icons";
import { Button, CopyButton, EmptyState } from "../ui/parts";
import { ProblemCard } from "../ui/problem";
import type { Active } from "./active";
import { bounds, placed } from "./words";

interface Found { path: (string | number)[]; value: unknown; text?: string; page?: number; boxes?: number[][]; confidence?: number }
interface Marked { id: string; content: string; page: number; box: number[] }
type Cite = (page: number, boxes: number[][]) => void;
interface Result { tool: Tool; text: string; value: unknown; blob: Blob | null; name: string }

const KINDS = ["names", "dates", "amounts", "emails", "phones", "ibans", "cards", "urls"];

export function UsePanel({ job, book, active, onCite }: { job: Job; book: Book; active: Active; onCite: Cite }) {
  const [marks, setMarks] = useState<Marked[]>([]);
  const [tools, setTools] = useState<Tool[] | null>(null);
  const [chosen, setChosen] = useState(job.tool);
  const [result, setResult] = useState<Result | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const ready = job.state === "done" || job.state === "partial";
  useEffect(() => { listTools().then(setTools, () => setTools([])); }, []);
  const tool = tools?.find((each) => each.slug === chosen);

  const use = useCallback(async (tool: Tool, told: Record<string, unknown>) => {
    setBusy(true); setProblem(null); setResult(null);
    try {
      const answer = await ask(`/v1/jobs/${job.id}/tools/${tool.slug}`, { method: "POST", body: JSON.stringify(told), headers: { "Content-Type": "application/json" } });
      const blob = await answer.blob();
      const readable = /json|^text\//.test(blob.type);
      const text = readable ? await blob.text() : "";
      const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? `${tool.slug}.${tool.format}`;
      setResult({ tool, text, value: /json/.test(blob.type) ? JSON.parse(text) : null, blob, name });
      if (!readable) save(blob, name);
    } catch (error) {
      if (error instanceof Problem) setProblem(error);
    }
    setBusy(false);
  }, [job.id]);

  const redacting = tool?.does === "redact";
  useEffect(() => {
    if (!redacting) return;
    return active.listen(async (id) => {
      const page = id ? await book.page(Number(id.split("-")[0])) : null;
      const word = page && placed(page).byId.get(id);
      if (!word) return;
      const { x, y, width, height } = bounds(word.polygon);
      setMarks((old) => old.some((each) => each.id === id) ? old : [...old, { id, content: word.content, page: word.page, box: [x, y, x + width, y + height] }]);
    });
  }, [redacting, active, book]);
  useEffect(() => { active.highlight(redacting ? marks.map((mark) => mark.id) : []); }, [active, redacting, marks]);

  // a document that was sent for a purpose is put to it at once
  useEffect(() => {
    if (ready && tool && tool.slug === job.tool && tool.available && ["extract", "mrz", "barcodes", "summarise"].includes(tool.does)) void use(tool, {});
  }, [ready, tool?.slug, job.tool, use]);

  if (!ready) return <EmptyState icon={<Tools size={24} />} title={t.tabs.wait} />;
  if (tools?.length === 0) return <EmptyState icon={<Tools size={24} />} title={t.tools.empty}>{t.tools.emptyHint}</EmptyState>;
  const usable = tools?.filter((each) => (each.available && each.does !== "read") || each.slug === chosen) ?? [];
  return (
    <div className="use-panel" tabIndex={0} role="region" aria-label={t.tabs.use}>
      <div className="chips">{usable.map((each) => (
        <button type="button" key={each.slug} className={each.slug === chosen ? "chip strong" : "chip"} aria-pressed={each.slug === chosen}
          onClick={() => { setChosen(each.slug); setResult(null); setProblem(null); }}><ToolIcon tool={each} size={14} />{titleOf(each)}</button>
      ))}</div>
      {tool && <Form tool={tool} busy={busy} marks={marks} onMarks={setMarks} onUse={(told) => use(tool, told)} />}
      {problem && <ProblemCard problem={problem} />}
      {result && <Shown result={result} onCite={onCite} />}
    </div>
  );
}

interface FormProps { tool: Tool; busy: boolean; marks: Marked[]; onMarks: (marks: Marked[]) => void; onUse: (told: Record<string, unknown>) => void }

function Form({ tool, busy, marks, onMarks, onUse }: FormProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const told: Record<string, unknown> = {};
    if (given.get("to")) told.to = String(given.get("to")).trim();
    const patterns = [...given.getAll("kinds"), ...String(given.get("patterns") ?? "").split("\n")].map((each) => String(each).trim()).filter(Boolean);
    if (patterns.length) told.patterns = patterns;
    if (tool.does === "redact" && marks.length) told.boxes = marks.map(({ page, box }) => ({ page, box }));
    if (given.get("format")) told.format = given.get("format");
    onUse(told);
  };
  return (
    <form className="use-form card" onSubmit={submit} key={tool.slug}>
      <p>{t.tools.about[tool.slug] ?? tool.about}</p>
      {!tool.available && <p className="hint">{t.tools.needs(tool.needs)}</p>}
      {tool.does === "translate" && <div className="row">
        <div className="field grow"><label className="field-label" htmlFor="to">{t.use.to}</label><input className="input" id="to" name="to" required placeholder="fr, de, pt …" /></div>
        <Formats options={["docx", "pdf", "md", "txt"]} /></div>}
      {tool.does === "redact" && <>
        <fieldset className="chips kinds"><legend className="field-label">{t.use.kinds}</legend>{KINDS.map((kind) => <label key={kind} className="check"><input type="checkbox" name="kinds" value={kind} /> {t.use.kind[kind] ?? kind}</label>)}</fieldset>
        <div className="field"><label className="field-label" htmlFor="patterns">{t.use.patterns}</label><textarea className="input" id="patterns" name="patterns" rows={2} spellCheck={false} placeholder={t.use.patternsPlaceholder} /></div>
        <div><span className="field-label">{t.use.clicked}</span><div className="chips">{marks.map((mark) => (
          <button type="button" className="chip" key={mark.id} aria-label={t.use.removeWord(mark.content)} onClick={() => onMarks(marks.filter((each) => each !== mark))}>{mark.content} <Close size={12} /></button>))}</div></div></>}
      <div className="row end"><Button look="main" type="submit" disabled={busy || !tool.available}>{busy ? t.use.busy : t.use.go}</Button></div>
    </form>
  );
}

function Formats({ options }: { options: string[] }) {
  return <div className="field"><label className="field-label" htmlFor="use-format">{t.use.format}</label>
    <select className="input" id="use-format" name="format">{options.map((each) => <option key={each} value={each}>{t.download.formats[each] ?? each}</option>)}</select></div>;
}

function Shown({ result, onCite }: { result: Result; onCite: Cite }) {
  const found = foundIn(result.value);
  const single = found.filter((each) => each.path.length === 1);
  return (
    <section className="use-result" aria-live="polite">
      <header className="row"><h2 className="grow">{titleOf(result.tool)}</h2>
        {result.text && <CopyButton text={() => result.text} />}{result.blob && <Button small onClick={() => save(result.blob as Blob, result.name)}>{t.download.title}</Button>}</header>
      {single.length > 0 && <dl className="values">{single.map((each, i) => (
        <div key={i}><dt>{label(each.path[0])}</dt>
          <dd><Value found={each} onCite={onCite} />{typeof each.confidence === "number" && <small>{t.job.confidence(Math.round(each.confidence * 100))}</small>}</dd></div>
      ))}</dl>}
      <Rows found={found.filter((each) => each.path.length === 3)} onCite={onCite} />
      {wrongIn(result.value).map((what) => <p className="notation-problem" key={what}><Warning size={14} /> {t.use.wrong(what)}</p>)}
      {result.value !== null && !found.length && <p className="hint">{t.use.nothing}</p>}
      {result.value !== null ? <details><summary>JSON</summary><pre className="raw">{result.text}</pre></details>
        : result.text ? <pre className="raw prose">{result.text}</pre> : <p className="hint">{t.use.saved(result.name)}</p>}
    </section>
  );
}

function Value({ found, onCite }: { found: Found; onCite: Cite }) {
  const text = typeof found.value === "number" && found.text ? found.text : String(found.value);
  if (!found.page || !found.boxes?.length) return <span>{text}</span>;
  return <button type="button" className="found-value" onClick={() => onCite(found.page ?? 1, found.boxes ?? [])}>{text}</button>;
}

/** `items`, `0`, `price`: a table of each list. */
function Rows({ found, onCite }: { found: Found[]; onCite: Cite }) {
  return [...new Set(found.map((each) => each.path[0]))].map((name) => {
    const own = found.filter((each) => each.path[0] === name);
    const columns = [...new Set(own.map((each) => String(each.path[2])))];
    const rows = [...new Set(own.map((each) => Number(each.path[1])))];
    return (
      <div className="table-box" tabIndex={0} role="region" aria-label={label(name)} key={name}><table>
        <thead><tr>{columns.map((column) => <th key={column}>{label(column)}</th>)}</tr></thead>
        <tbody>{rows.map((row) => <tr key={row}>{columns.map((column) => {
          const cell = own.find((each) => Number(each.path[1]) === row && each.path[2] === column);
          return <td key={column} className={typeof cell?.value === "number" ? "number" : undefined}>{cell && <Value found={cell} onCite={onCite} />}</td>;
        })}</tr>)}</tbody>
      </table></div>
    );
  });
}

const label = (name: unknown): string => { const words = String(name).replaceAll("_", " "); return words.charAt(0).toUpperCase() + words.slice(1); };

interface Zone { page: number; fields?: Record<string, string>; wrong?: string[]; boxes?: number[][]; content?: string; box?: number[] }

/** Values with their places: of an extraction, of machine-readable zones, of barcodes. */
function foundIn(value: unknown): Found[] {
  if (Array.isArray(value)) {
    return (value as Zone[]).flatMap((zone): Found[] => zone.fields
      ? Object.entries(zone.fields).map(([name, text]) => ({ path: [name], value: text, page: zone.page, boxes: zone.boxes }))
      : [{ path: [t.render.barcode], value: zone.content ?? "", page: zone.page, boxes: zone.box ? [zone.box] : [] }]);
  }
  const found = (value as { found?: Found[] } | null)?.found;
  return Array.isArray(found) ? found : [];
}

function wrongIn(value: unknown): string[] {
  return Array.isArray(value) ? (value as Zone[]).flatMap((zone) => zone.wrong ?? []) : [];
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
