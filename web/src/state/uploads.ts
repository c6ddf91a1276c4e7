/** Files on their way: two at a time, each with progress, each to be called off. */

import { useSyncExternalStore } from "react";
import { upload, type Options } from "../api/jobs";
import { Problem } from "../api/client";
import { go } from "./route";

export interface Sending {
  number: number;
  name: string;
  size: number;
  state: "waiting" | "sending" | "sent" | "failed";
  done: number;
  job: string;
  problem: Problem | null;
}

interface Entry extends Sending { file: File; options: Options; abort: AbortController }

const AT_ONCE = 2;
let entries: Entry[] = [];
let shown: Sending[] = [];
let counter = 0;
const listeners = new Set<() => void>();

function tell(): void {
  shown = entries.map(({ file: _file, options: _options, abort: _abort, ...rest }) => rest);
  listeners.forEach((each) => each());
}

/** One file leads to its job as soon as there is one; several stay in a list. */
export function send(files: readonly File[], options: Options): void {
  const alone = files.length === 1;
  entries = [
    ...entries.filter((entry) => entry.state === "sending" || entry.state === "waiting"),
    ...files.map((file): Entry => ({
      number: ++counter, name: file.name, size: file.size, state: "waiting", done: 0, job: "", problem: null,
      file, options, abort: new AbortController(),
    })),
  ];
  tell();
  next(alone);
}

export function callOff(number: number): void {
  const entry = entries.find((each) => each.number === number);
  entry?.abort.abort();
  entries = entries.filter((each) => each.number !== number);
  tell();
  next(false);
}

export function clearSent(): void {
  entries = entries.filter((entry) => entry.state === "sending" || entry.state === "waiting");
  tell();
}

function next(alone: boolean): void {
  const busy = entries.filter((entry) => entry.state === "sending").length;
  for (const entry of entries.filter((each) => each.state === "waiting").slice(0, AT_ONCE - busy)) {
    entry.state = "sending";
    void run(entry, alone);
  }
}

async function run(entry: Entry, alone: boolean): Promise<void> {
  try {
    const job = await upload(entry.file, entry.options, (done) => { entry.done = done; tell(); }, entry.abort.signal);
    Object.assign(entry, { state: "sent", done: 1, job: job.id });
    if (alone) {
      entries = entries.filter((each) => each !== entry);
      go(`/jobs/${job.id}`);
    }
  } catch (error) {
    if (error instanceof Problem) Object.assign(entry, { state: "failed", problem: error });
  }
  tell();
  next(false);
}

export function useUploads(): Sending[] {
  return useSyncExternalStore(
    (each) => { listeners.add(each); return () => listeners.delete(each); },
    () => shown,
  );
}
