/** Where documents come in: dropped, pasted, chosen, photographed or fetched. */

import { lazy, Suspense, useCallback, useEffect, useRef, useState, type DragEvent } from "react";
import { Problem } from "../api/client";
import { DEFAULTS, fromUrl, type Options } from "../api/jobs";
import { go, useRoute } from "../state/route";
import { send } from "../state/uploads";
import { t } from "../texts";
import { listTools, titleOf, ToolIcon, type Tool } from "../tools/tool";
import { Camera as CameraIcon, LinkIcon, Options as OptionsIcon, Upload } from "../ui/icons";
import { Button } from "../ui/parts";
import { ProblemCard } from "../ui/problem";
import { useToast } from "../ui/toast";
import { OptionsForm } from "./OptionsForm";
import { UploadList } from "./UploadList";

const Camera = lazy(() => import("./Camera"));
const ACCEPTED = "image/*,application/pdf,.heic,.avif,.tif,.tiff,.jp2,.docx,.doc,.odt,.rtf,.pptx,.ppt,.odp,.xlsx,.xls,.ods,.csv,.html,.epub,.txt,.eml,.zip";

export function Home() {
  const { tab: tool } = useRoute();
  const [options, setOptions] = useState<Options>({ ...DEFAULTS, tool });
  const [dragging, setDragging] = useState(false);
  const [camera, setCamera] = useState(false);
  const [asking, setAsking] = useState(false);
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const toast = useToast();
  useEffect(() => setOptions((old) => ({ ...old, tool })), [tool]);

  const take = useCallback((files: File[]) => {
    setProblem(null);
    if (files.length) send(files, options);
  }, [options]);

  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length) { event.preventDefault(); take(files.map(named)); return; }
      const text = event.clipboardData?.getData("text").trim() ?? "";
      if (/^https?:\/\/\S+$/.test(text) && !(event.target as HTMLElement).closest("input, textarea")) void fetchUrl(text);
    };
    addEventListener("paste", paste);
    return () => removeEventListener("paste", paste);
  }, [take]);

  // files dropped beside the field must not replace the page
  useEffect(() => {
    const stop = (event: Event) => event.preventDefault();
    addEventListener("dragover", stop);
    addEventListener("drop", stop);
    return () => { removeEventListener("dragover", stop); removeEventListener("drop", stop); };
  }, []);

  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setDragging(false);
    take(await dropped(event.dataTransfer));
  };

  const fetchUrl = async (url: string) => {
    setProblem(null);
    try {
      go(`/jobs/${(await fromUrl(url, options)).id}`);
    } catch (error) {
      if (error instanceof Problem) setProblem(error);
    }
  };

  const example = async () => {
    try {
      const answer = await fetch("/example.png");
      if (!answer.ok) throw new Error();
      take([new File([await answer.blob()], "example.png", { type: "image/png" })]);
    } catch {
      toast(t.home.noExample, true);
    }
  };

  return (
    <main className="page home" id="main" onDragOver={(event) => { event.preventDefault(); setDragging(true); }} onDragLeave={(event) => { if (!event.currentTarget.contains(event.relatedTarget as Node)) setDragging(false); }} onDrop={drop}>
      <h1>{t.home.title}</h1>
      <p className="lead">{t.home.lead}</p>
      {options.tool && <p className="row"><span className="chip strong">{t.tools.chosen(titleOf({ slug: options.tool }))}</span><Button look="quiet" small onClick={() => go("/read")}>{t.tools.none}</Button></p>}
      <div className={dragging ? "drop over" : "drop"}>
        <div className="drop-icon"><Upload size={22} /></div>
        <p className="drop-title">{dragging ? t.home.dropping : t.home.drop}</p>
        <p className="hint">{t.home.dropHint}</p>
        <input ref={input} type="file" multiple hidden accept={ACCEPTED} aria-label={t.home.choose} onChange={(event) => { take([...(event.target.files ?? [])]); event.target.value = ""; }} />
        <div className="row center">
          <Button look="main" onClick={() => input.current?.click()}>{t.home.choose}</Button>
          <Button onClick={() => setCamera(true)}><CameraIcon />{t.home.camera}</Button>
          <Button onClick={() => setAsking(!asking)} aria-expanded={asking}><LinkIcon />{t.home.url}</Button>
        </div>
        {asking && (
          <form className="row url" onSubmit={(event) => { event.preventDefault(); void fetchUrl(String(new FormData(event.currentTarget).get("url")).trim()); }}>
            <input className="input grow" name="url" type="url" required autoFocus pattern="https?://.+" aria-label={t.home.urlLabel} placeholder={t.home.urlPlaceholder} />
            <Button look="main" type="submit">{t.home.read}</Button>
          </form>
        )}
      </div>
      {problem && <ProblemCard problem={problem} />}
      <UploadList />
      <div className="under-drop">
        <Button look="quiet" aria-expanded={open} aria-controls="options" onClick={() => setOpen(!open)}><OptionsIcon />{t.options.title}</Button>
        <Button look="quiet" onClick={example}>{t.home.example}</Button>
      </div>
      {!options.tool && <Purposes />}
      {open && <OptionsForm options={options} onChange={setOptions} />}
      {camera && <Suspense><Camera onClose={() => setCamera(false)} onTaken={(file) => { setCamera(false); take([file]); }} /></Suspense>}
    </main>
  );
}

const OFTEN = ["invoice", "receipt", "extract-tables", "pdf-to-word", "searchable-pdf", "redact", "image-to-latex"];

function Purposes() {
  const [tools, setTools] = useState<Tool[]>([]);
  useEffect(() => { listTools().then(setTools, () => undefined); }, []);
  const found = OFTEN.flatMap((slug) => tools.find((tool) => tool.slug === slug && tool.available) ?? []);
  if (!found.length) return null;
  return (
    <section className="purposes" aria-label={t.home.tools}>
      <h2>{t.home.tools}</h2>
      <div className="chips">{found.map((tool) => <a className="chip" key={tool.slug} href={`#/read?tab=${tool.slug}`}><ToolIcon tool={tool} size={14} />{titleOf(tool)}</a>)}
        <a className="chip" href="#/tools">{t.home.allTools}</a></div>
    </section>
  );
}

/** Pictures from the clipboard have no name of their own. */
function named(file: File): File {
  if (file.name && file.name !== "image.png") return file;
  const now = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".");
  return new File([file], `Pasted ${now}.${file.type.split("/")[1] ?? "png"}`, { type: file.type });
}

/** The files of a drop, those in folders, too. */
async function dropped(data: DataTransfer): Promise<File[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry !== null && entry !== undefined);
  if (!entries.some((entry) => entry.isDirectory)) return [...data.files];
  const files: File[] = [];
  const walk = async (entry: FileSystemEntry): Promise<void> => {
    if (entry.isFile) {
      files.push(await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)));
      return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (!part.length) return;
      for (const each of part) await walk(each);
    }
  };
  for (const entry of entries) await walk(entry);
  return files.filter((file) => !file.name.startsWith("."));
}
