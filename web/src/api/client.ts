/** Requests to this server, with the key if there is one. Nothing else is ever spoken to. */

import type { ProblemBody } from "./types";
import { getKey } from "../state/settings";

export class Problem extends Error {
  constructor(readonly body: ProblemBody) {
    super(body.detail || body.title || String(body.status));
  }
  get status(): number { return this.body.status }
  get code(): string { return this.body.code }
}

export function headers(more: Record<string, string> = {}): Record<string, string> {
  const key = getKey();
  return key ? { Authorization: `Bearer ${key}`, ...more } : more;
}

export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, { ...init, headers: headers(init.headers as Record<string, string>) });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem({ status: 0, code: "unreachable" });
  }
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

export async function askJson<T>(path: string, init: RequestInit = {}): Promise<T> {
  return (await (await ask(path, init)).json()) as T;
}

export function sendJson<T>(path: string, value: unknown, method = "POST"): Promise<T> {
  return askJson<T>(path, { method, body: JSON.stringify(value), headers: { "Content-Type": "application/json" } });
}

async function problemOf(answer: Response): Promise<Problem> {
  return parsedProblem(answer.status, await answer.text().catch(() => ""));
}

export function parsedProblem(status: number, text: string): Problem {
  try {
    const body = JSON.parse(text) as ProblemBody;
    if (body && typeof body === "object" && typeof body.code === "string") return new Problem({ ...body, status });
  } catch { /* no problem of ours: told by its status */ }
  return new Problem({ status, code: "http", detail: "" });
}
