/** Jobs: make one, follow it, fetch what it read. */

import { ask, askJson, headers, parsedProblem, Problem } from "./client";
import { FINAL, type Format, type Job, type Language, type PageRecord } from "./types";

export interface Options {
  tier: string;
  languages: string[];
  pages: string;
  text_layer: string;
  password: string;
  tool: string;
  structure: boolean;
}

export const DEFAULTS: Options =
  { tier: "balanced", languages: [], pages: "", text_layer: "auto", password: "", tool: "", structure: true };

function given(options: Options): Record<string, string> {
  const all: Record<string, string> = { ...options, languages: options.languages.join(","), structure: String(options.structure) };
  const defaults: Record<string, unknown> = { ...DEFAULTS, languages: "", structure: "" };
  return Object.fromEntries(Object.entries(all).filter(([name, value]) => value !== defaults[name]));
}

/** Uploads with progress (0..1), which `fetch` cannot tell. */
export function upload(
  file: File, options: Options, onProgress: (done: number) => void, signal: AbortSignal,
): Promise<Job> {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(given(options))) form.append(name, value);
    form.append("file", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", "/v1/jobs");
    for (const [name, value] of Object.entries(headers({ Prefer: "respond-async" }))) {
      request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () =>
      request.status < 300
        ? resolve(JSON.parse(request.responseText) as Job)
        : reject(parsedProblem(request.status, request.responseText));
    request.onerror = () => reject(new Problem({ status: 0, code: "unreachable" }));
    request.onabort = () => reject(new DOMException("", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

export function fromUrl(url: string, options: Options): Promise<Job> {
  const told: Record<string, unknown> = { ...given(options), structure: options.structure, url };
  if (options.languages.length) told.languages = options.languages;
  return askJson<Job>("/v1/jobs", {
    method: "POST",
    body: JSON.stringify(told),
    headers: { "Content-Type": "application/json", Prefer: "respond-async" },
  });
}

export const getJob = (id: string, signal?: AbortSignal) => askJson<Job>(`/v1/jobs/${id}`, { signal });
export const cancelJob = (id: string) => askJson<Job>(`/v1/jobs/${id}/cancel`, { method: "POST" });
export const deleteJob = (id: string) => ask(`/v1/jobs/${id}`, { method: "DELETE" });
export const getPage = (id: string, number: number) => askJson<PageRecord>(`/v1/jobs/${id}/pages/${number}`);

export function listJobs(search: { q?: string; after?: string; limit?: number }): Promise<{ jobs: Job[]; next: string | null }> {
  const query = new URLSearchParams();
  if (search.q) query.set("q", search.q);
  if (search.after) query.set("after", search.after);
  query.set("limit", String(search.limit ?? 50));
  return askJson(`/v1/jobs?${query}`);
}

export async function listPages(id: string): Promise<PageRecord[]> {
  const all: PageRecord[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const part: { pages: PageRecord[]; next: number | null } =
      await askJson(`/v1/jobs/${id}/pages?limit=1000&after=${after}`);
    all.push(...part.pages);
    after = part.next;
  }
  return all;
}

let formats: Promise<Format[]> | null = null;
export const listFormats = () => (formats ??= askJson<Format[]>("/v1/formats").catch((e) => { formats = null; throw e; }));

let languages: Promise<Language[]> | null = null;
export const listLanguages = () =>
  (languages ??= askJson<Language[]>("/v1/languages").catch((e) => { languages = null; throw e; }));

export interface JobEvent { kind: string; data: Record<string, unknown> }

/** Server-sent events by `fetch`, since `EventSource` can carry no key. Goes on where a connection broke off. */
export async function follow(id: string, tell: (event: JobEvent) => void, signal: AbortSignal): Promise<void> {
  let last = "";
  for (let wait = 300; !signal.aborted; wait = Math.min(wait * 2, 8000)) {
    try {
      const answer = await ask(`/v1/jobs/${id}/events`, { signal, headers: last ? { "Last-Event-ID": last } : {} });
      if (answer.status === 204 || !answer.body) return;
      for await (const { id: number, kind, data } of eventsOf(answer.body)) {
        last = number || last;
        wait = 300;
        tell({ kind, data });
        if (kind === "state" && FINAL.has(data.state as Job["state"])) return;
      }
    } catch (error) {
      if (signal.aborted || (error instanceof Problem && [401, 403, 404].includes(error.status))) return;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<JobEvent & { id: string }> {
  const reader = body.pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += value;
      for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
        const event = parsed(rest.slice(0, end));
        rest = rest.slice(end + 2);
        if (event) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

function parsed(text: string): (JobEvent & { id: string }) | null {
  const fields: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
  }
  if (!fields.data) return null;
  return { id: fields.id ?? "", kind: fields.event ?? "message", data: JSON.parse(fields.data) };
}
