/** Humdrum `**kern` as ABC notation for engraving, and as notes for playing. */

export interface Note { at: number; length: number; midi: number }
export interface Music { abc: string; notes: Note[]; quarters: number }

interface Voice { staff: number; sub: number }
interface Bar { tokens: Map<string, Token[]>; start: string; end: string }
interface Token { text: string; length: number; at: number }
interface Staff { clef: string; key: string; meter: string }

const ORDER = "FCGDAEB";
const KEYS: Record<number, string> = { 0: "C", 1: "G", 2: "D", 3: "A", 4: "E", 5: "B", 6: "F#", 7: "C#", [-1]: "F", [-2]: "Bb", [-3]: "Eb", [-4]: "Ab", [-5]: "Db", [-6]: "Gb", [-7]: "Cb" };
const CLEFS: Record<string, string> = { G2: "treble", F4: "bass", C3: "alto", C4: "tenor", C1: "alto1", C2: "alto2", F3: "bass3", Gv2: "treble-8", "G2v": "treble-8", X: "perc" };
const UNIT = 32; // ABC lengths count thirty-seconds, so that dotted notes and tuplets stay whole or simple

/** Reads kern, with spines that split and join. What it does not know it passes over. */
export function music(kern: string): Music {
  const reader = new Reader();
  for (const line of kern.split(/\r?\n/)) if (line && !line.startsWith("!")) reader.line(line.split("\t"));
  return reader.done();
}

class Reader {
  private columns: Voice[] = [];
  private staves: Staff[] = [];
  private bars: Bar[] = [];
  private bar: Bar = { tokens: new Map(), start: "", end: "|" };
  private heading: Staff[] = []; // as it was when the first note came
  private begun = false;
  private now = 0;
  private readonly voices = new Map<string, Voice>();
  private readonly until = new Map<string, number>();
  private readonly changes: { bar: number; staff: number; text: string }[] = [];

  line(cells: string[]): void {
    if (cells[0]?.startsWith("**")) {
      const staves = cells.filter((cell) => cell === "**kern").length;
      // the lowest staff comes first in kern, and last on paper
      let seen = 0;
      this.columns = cells.map((cell) => ({ staff: cell === "**kern" ? staves - 1 - seen++ : -1, sub: 0 }));
      this.staves = Array.from({ length: staves }, () => ({ clef: "treble", key: "C", meter: "" }));
    } else if (cells[0]?.startsWith("*")) this.interpret(cells);
    else if (cells[0]?.startsWith("=")) this.barline(cells[0]);
    else this.data(cells);
  }

  private interpret(cells: string[]): void {
    const next: Voice[] = [];
    for (let i = 0; i < cells.length; i += 1) {
      const cell = cells[i] ?? "*";
      const voice = this.columns[i] ?? { staff: -1, sub: 0 };
      if (cell === "*^") next.push(voice, { staff: voice.staff, sub: this.free(voice.staff, next) });
      else if (cell === "*v") {
        while (cells[i + 1] === "*v" && this.columns[i + 1]?.staff === voice.staff) i += 1;
        next.push({ staff: voice.staff, sub: voice.sub });
      } else if (cell !== "*-") next.push(voice);
      this.told(cell, voice);
    }
    this.columns = next;
  }

  private free(staff: number, taken: Voice[]): number {
    const used = new Set([...this.columns, ...taken].filter((voice) => voice.staff === staff).map((voice) => voice.sub));
    let sub = 0;
    while (used.has(sub)) sub += 1;
    return sub;
  }

  private told(cell: string, { staff }: Voice): void {
    const found = this.staves[staff];
    if (!found) return;
    let change = "";
    if (cell.startsWith("*clef")) { found.clef = CLEFS[cell.slice(5)] ?? "treble"; change = `[K: clef=${found.clef}]`; }
    else if (cell.startsWith("*k[")) {
      const signs = cell.match(/[a-g](#|-)/g) ?? [];
      found.key = KEYS[signs[0]?.endsWith("-") ? -signs.length : signs.length] ?? "C";
      change = `[K:${found.key}]`;
    } else if (/^\*M\d+\/\d+/.test(cell)) { found.meter = cell.slice(2); change = `[M:${found.meter}]`; }
    else if (cell === "*met(c)") found.meter = "C";
    else if (cell === "*met(c|)") found.meter = "C|";
    if (change && this.begun) this.changes.push({ bar: this.bars.length, staff, text: change });
  }

  private barline(text: string): void {
    const repeatEnd = /:[|!]/.test(text), repeatStart = /[|!]:/.test(text);
    const end = text.startsWith("==") ? "|]" : repeatEnd && repeatStart ? "::" : repeatEnd ? ":|" : repeatStart ? "|:" : text.includes("||") ? "||" : "|";
    if (!this.begun) return;
    this.bar.end = end;
    this.bars.push(this.bar);
    this.bar = { tokens: new Map(), start: "", end: "|" };
    this.now = Math.max(this.now, ...this.until.values());
    this.until.clear();
  }

  private data(cells: string[]): void {
    let first = Infinity;
    cells.forEach((cell, i) => {
      const voice = this.columns[i];
      if (!voice || voice.staff < 0 || cell === "." || !cell) return;
      if (!this.begun) this.heading = this.staves.map((staff) => ({ ...staff }));
      this.begun = true;
      const name = `${voice.staff}.${voice.sub}`;
      this.voices.set(name, voice);
      const length = lengthOf(cell);
      const at = this.until.get(name) ?? this.now;
      first = Math.min(first, at);
      const list = this.bar.tokens.get(name) ?? [];
      // a voice that begins in the middle of a bar stands where the others are by then
      const here = Math.max(at, list.length ? at : this.elapsed(voice.staff, name));
      if (!list.length && here > this.now) list.push({ text: "", length: here - this.now, at: this.now });
      list.push({ text: cell, length, at: here });
      this.bar.tokens.set(name, list);
      this.until.set(name, here + length);
    });
  }

  /** How far the other voices are: where the one that ends first ends, among those that sound. */
  private elapsed(_staff: number, name: string): number {
    const others = [...this.until].filter(([other]) => other !== name).map(([, until]) => until);
    const running = [...this.bar.tokens].filter(([other]) => other !== name).map(([, list]) => list[list.length - 1]?.at ?? this.now);
    return others.length && !this.until.has(name) && this.bar.tokens.size > 0 && running.length ? Math.max(this.now, Math.max(...running)) : this.now;
  }

  done(): Music {
    if (this.bar.tokens.size) { this.bars.push(this.bar); this.bar.end = "|"; }
    const names = [...this.voices].sort(([, a], [, b]) => a.staff - b.staff || a.sub - b.sub);
    const parts = this.staves.map((_, staff) => names.filter(([, voice]) => voice.staff === staff).map(([name]) => name)).filter((part) => part.length);
    const id = (name: string) => String(names.findIndex(([each]) => each === name) + 1);
    const head = ["X:1", `L:1/${UNIT}`, `%%score ${parts.length > 1 ? "{" : ""}${parts.map((part) => (part.length > 1 ? `(${part.map(id).join(" ")})` : id(part[0] as string))).join(" | ")}${parts.length > 1 ? "}" : ""}`];
    // what was told before the first note is the heading; later changes stand in the bars
    const first = this.heading.length ? this.heading : this.staves;
    const meter = first[0]?.meter;
    if (meter) head.push(`M:${meter}`);
    head.push(`K:${first[0]?.key ?? "C"}`);
    const body = names.map(([name, voice]) => `V:${id(name)} clef=${first[voice.staff]?.clef ?? "treble"}\n[K:${first[voice.staff]?.key ?? "C"}] ${this.written(name, voice, first[voice.staff]?.key ?? "C")}`);
    const notes = this.played();
    return { abc: [...head, ...body].join("\n"), notes, quarters: Math.max(0, ...notes.map((note) => note.at + note.length)) };
  }

  private written(name: string, voice: Voice, key: string): string {
    let signs = keyOf(key);
    return this.bars.map((bar, number) => {
      const told = this.changes.filter((change) => change.bar === number && change.staff === voice.staff).map((change) => change.text);
      for (const text of told) { const found = /^\[K:([A-G][#b]?)\]/.exec(text); if (found) signs = keyOf(found[1] as string); }
      const list = bar.tokens.get(name);
      const whole = Math.max(1 / 8, ...[...bar.tokens.values()].map((each) => each.reduce((sum, token) => sum + token.length, 0)));
      const text = list ? abcOf(list, new Map(), signs) : `x${length(whole)}`;
      return `${told.join("")}${text} ${bar.end}${number % 4 === 3 ? "\n" : " "}`;
    }).join("").trimEnd(); // a blank line would end the tune
  }

  private played(): Note[] {
    const notes: Note[] = [];
    const open = new Map<string, Note>();
    for (const bar of this.bars) for (const [name, list] of bar.tokens) for (const token of list) {
      for (const part of token.text.split(" ")) {
        const midi = midiOf(part);
        if (midi === null || part.includes("q")) continue;
        const held = open.get(`${name}${midi}`);
        if (held && /[\]_]/.test(part)) held.length = token.at + token.length - held.at;
        else { const note = { at: token.at, length: token.length, midi }; notes.push(note); if (part.includes("[")) open.set(`${name}${midi}`, note); }
        if (part.includes("]")) open.delete(`${name}${midi}`);
      }
    }
    return notes.sort((a, b) => a.at - b.at);
  }
}

/** In quarters. */
function lengthOf(token: string): number {
  if (token.includes("q")) return 0;
  const found = /(\d+)(?:%(\d+))?(\.*)/.exec(token);
  if (!found) return 0;
  const base = found[1] === "0" ? 8 : (4 / Number(found[1])) * Number(found[2] ?? 1);
  const dots = found[3]?.length ?? 0;
  return base * (2 - 0.5 ** dots);
}

function midiOf(token: string): number | null {
  const found = /([a-gA-G]+)(#+|-+|n)?/.exec(token);
  if (!found || /r/.test(token)) return null;
  const letters = found[1] as string;
  const letter = (letters[0] as string).toLowerCase();
  const octave = letters[0] === letter ? 3 + letters.length : 4 - letters.length;
  const sign = found[2]?.startsWith("#") ? found[2].length : found[2]?.startsWith("-") ? -found[2].length : 0;
  return 12 * (octave + 1) + ({ c: 0, d: 2, e: 4, f: 5, g: 7, a: 9, b: 11 }[letter] ?? 0) + sign;
}

function keyOf(key: string): Map<string, number> {
  const count = Number(Object.entries(KEYS).find(([, name]) => name === key)?.[0] ?? 0);
  const letters = (count > 0 ? ORDER.slice(0, count) : [...ORDER].reverse().join("").slice(0, -count)).toLowerCase();
  return new Map([...letters].map((letter) => [letter, Math.sign(count)]));
}

/** The notes of a bar; beams end at quarters. */
function abcOf(tokens: Token[], signs: Map<string, number>, key: Map<string, number>): string {
  let text = "", sum = 0, left = 0;
  for (const token of tokens) {
    const odd = tupletOf(token.text);
    if (odd && left <= 0) { text += ` (${odd === 3 ? "3" : odd}`; left = odd; }
    if (odd) left -= 1;
    const written = odd ? token.length * (odd === 3 ? 1.5 : odd === 5 ? 1.25 : odd === 7 ? 1.75 : 1) : token.length;
    text += token.text ? chordOf(token.text, written, signs, key) : `x${length(token.length)}`;
    sum += token.length;
    if (left <= 0 && (token.length >= 1 || Math.abs(sum - Math.round(sum)) < 1e-6)) text += " ";
  }
  return text;
}

function tupletOf(token: string): number {
  const number = Number(/(\d+)/.exec(token)?.[1] ?? 0);
  return [3, 5, 7].find((odd) => number % odd === 0 && number > 0) ?? 0;
}

function chordOf(token: string, written: number, signs: Map<string, number>, key: Map<string, number>): string {
  const parts = token.split(" ").filter(Boolean);
  const before = [token.includes(";") ? "!fermata!" : "", token.includes("'") ? "." : "", "(".repeat((token.match(/\(/g) ?? []).length)].join("");
  const after = ")".repeat((token.match(/\)/g) ?? []).length);
  const notes = parts.map((part) => noteOf(part, signs, key)).filter(Boolean);
  if (token.includes("q")) return notes.length ? `{${notes.map((note) => note + length(1 / 4)).join("")}}` : "";
  if (/r/.test(parts[0] ?? "") || !notes.length) return `${/yy/.test(token) ? "x" : "z"}${length(written)}`;
  const tied = parts.map((part) => (/[[_]/.test(part) ? "-" : ""));
  if (notes.length === 1) return `${before}${notes[0]}${length(written)}${tied[0]}${after}`;
  return `${before}[${notes.map((note, i) => note + (tied[i] ?? "")).join("")}]${length(written)}${after}`;
}

function noteOf(part: string, signs: Map<string, number>, key: Map<string, number>): string {
  const found = /([a-gA-G]+)(#+|-+|n)?/.exec(part);
  if (!found || /r/.test(part)) return "";
  const letters = found[1] as string;
  const letter = (letters[0] as string).toLowerCase();
  const low = letters[0] !== letter;
  const octave = low ? 4 - letters.length : 3 + letters.length;
  const wanted = found[2]?.startsWith("#") ? found[2].length : found[2]?.startsWith("-") ? -found[2].length : 0;
  const place = `${letter}${octave}`;
  let sign = "";
  if ((signs.get(place) ?? key.get(letter) ?? 0) !== wanted) {
    sign = wanted > 0 ? "^".repeat(wanted) : wanted < 0 ? "_".repeat(-wanted) : "=";
    signs.set(place, wanted);
  }
  const name = octave <= 4 ? letter.toUpperCase() + ",".repeat(4 - octave) : letter + "'".repeat(octave - 5);
  return sign + name;
}

/** A length in quarters as ABC writes it. */
function length(quarters: number): string {
  const units = (quarters * UNIT) / 4;
  if (Math.abs(units - Math.round(units)) < 1e-6) return Math.round(units) === 1 ? "" : String(Math.round(units));
  for (const under of [2, 4, 3, 8]) if (Math.abs(units * under - Math.round(units * under)) < 1e-6) return `${Math.round(units * under)}/${under}`;
  return String(Math.max(1, Math.round(units)));
}
