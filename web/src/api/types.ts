/** What `/v1` answers, as far as the page uses it. */

export type JobState =
  | "queued" | "preparing" | "running" | "assembling"
  | "done" | "partial" | "failed" | "cancelled" | "expired";

export const FINAL: ReadonlySet<JobState> = new Set(["done", "partial", "failed", "cancelled", "expired"]);

export interface Failure { code: string; message: string }

export interface Job {
  id: string;
  state: JobState;
  created: string;
  started: string | null;
  finished: string | null;
  expires: string | null;
  name: string;
  format: string;
  size: number;
  tier: string;
  engine: string;
  languages: string[];
  pages: string;
  text_layer: string;
  structure: boolean;
  dpi: number;
  formats: string[];
  tool: string;
  metadata: Record<string, unknown>;
  progress: { pages: number; done: number; failed: number };
  position: number | null;
  seconds_left: number | null;
  confidence: number | null;
  characters: number;
  language: string;
  credits: number;
  failure: Failure | null;
  results: Record<string, { size: number; sha256: string; url: string }>;
}

export type PageState = "queued" | "running" | "done" | "failed" | "cancelled";

export interface PageRecord {
  number: number;
  state: PageState;
  words: number;
  confidence: number | null;
  language: string;
  seconds: number;
  failure: Failure | null;
  page?: Page;
}

export interface Word { content: string; polygon: number[]; confidence: number }

export interface Mark { kind: string; start: number; length: number; value?: string; confidence?: number }

export interface Line {
  content: string;
  polygon: number[];
  confidence: number;
  words?: Word[];
  marks?: Mark[];
  language?: string;
  script?: string;
  engine?: string;
  unreadable?: boolean;
  style?: { bold?: boolean; italic?: boolean; handwritten?: boolean };
}

export interface Cell {
  row: number; column: number; polygon: number[];
  rows?: number; columns?: number; first?: number; count?: number; header?: boolean;
}

export interface Table { rows: number; columns: number; cells: Cell[]; confidence: number; continued?: boolean }

export interface Notation {
  kind: "formula" | "chart" | "geometry" | "molecule" | "score" | "barcode";
  forms: Record<string, string>;
  confidence: number;
  engine?: string;
  problem?: string;
}

export interface Block {
  kind: string;
  polygon: number[];
  confidence: number;
  lines: Line[];
  level?: number;
  table?: Table;
  notation?: Notation;
}

export interface Page {
  number: number;
  width: number;
  height: number;
  unit: "pixel" | "point" | "inch";
  angle: number;
  source: "ocr" | "text_layer" | "mixed";
  text: string;
  blocks: Block[];
  engine?: string;
  problems?: Failure[];
}

export interface Format { name: string; suffix: string; media_type: string }

export interface Language { code: string; name: string; script: string; engine: string }

export interface Usage {
  usage: { tenant?: string; account?: string; period: string; key_id: string; free: number; paid: number;
    reserved: number; pages: number; failed: number; jobs: number }[];
  paid: Record<string, number>;
}

export interface ProblemBody {
  type?: string; title?: string; status: number; code: string; detail?: string;
  used?: number; cap?: number; period?: string; retry_after?: number;
}
