/** A chart drawn anew from the table it was read as, and that table. */

import { useMemo, useState } from "react";
import { locale, t } from "../texts";
import { Segmented } from "../ui/parts";

const WIDTH = 640, HEIGHT = 300, LEFT = 56, RIGHT = 14, TOP = 14, BOTTOM = 52;

export default function Chart({ csv, kind }: { csv: string; kind: string }) {
  const [shown, setShown] = useState("chart");
  const table = useMemo(() => rows(csv), [csv]);
  const found = useMemo(() => seriesOf(table), [table]);
  const names = table[0] ?? [];
  return (
    <div className="chart">
      <div className="chart-head"><Segmented label={t.render.chart} value={found ? shown : "table"} onChange={setShown}
        options={[...(found ? [{ id: "chart", label: t.render.asChart }] : []), { id: "table", label: t.render.asTable }]} /></div>
      {found && shown === "chart" ? <Drawing {...found} line={/line|area|scatter/.test(kind) || found.dated} /> : (
        <div className="table-box" tabIndex={0} role="region" aria-label={t.render.table}><table>
          <thead><tr>{names.map((name, i) => <th key={i}>{name}</th>)}</tr></thead>
          <tbody>{table.slice(1).map((row, i) => <tr key={i}>{row.map((cell, j) => <td key={j} className={Number.isFinite(numberOf(cell)) ? "number" : undefined}>{cell}</td>)}</tr>)}</tbody>
        </table></div>
      )}
    </div>
  );
}

interface Series { name: string; values: number[] }
interface Found { labels: string[]; series: Series[]; dated: boolean; names: string[] }

function Drawing({ labels, series, line, names }: Found & { line: boolean }) {
  const all = series.flatMap((each) => each.values).filter(Number.isFinite);
  const low = Math.min(0, ...all), high = Math.max(...all, low + 1e-9);
  const steps = ticks(low, high);
  const bottom = Math.min(low, steps[0] ?? low), top = Math.max(high, steps[steps.length - 1] ?? high);
  const y = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - bottom) / (top - bottom || 1));
  const room = (WIDTH - LEFT - RIGHT) / Math.max(1, labels.length);
  const x = (i: number) => LEFT + room * (i + 0.5);
  const every = Math.ceil(labels.length / 12);
  const bar = (room * 0.72) / series.length;
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 2 });
  const label = `${t.render.chart}: ${names.join(", ")}`;
  return (
    <svg className="chart-drawing" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {steps.map((step) => <g key={step}><line x1={LEFT} x2={WIDTH - RIGHT} y1={y(step)} y2={y(step)} className={step === 0 ? "axis" : "grid"} /><text x={LEFT - 8} y={y(step) + 4} textAnchor="end">{compact.format(step)}</text></g>)}
      {labels.map((name, i) => i % every === 0 && <text key={i} x={x(i)} y={HEIGHT - BOTTOM + 18} textAnchor={room * every < 48 ? "end" : "middle"} transform={room * every < 48 ? `rotate(-32 ${x(i)} ${HEIGHT - BOTTOM + 18})` : undefined}>{name.length > 14 ? `${name.slice(0, 13)}…` : name}</text>)}
      {series.map((each, s) => line
        ? <g key={s} className={`series-${s % 6}`}><polyline points={each.values.map((value, i) => (Number.isFinite(value) ? `${x(i)},${y(value)}` : "")).join(" ")} />{labels.length <= 60 && each.values.map((value, i) => Number.isFinite(value) && <circle key={i} cx={x(i)} cy={y(value)} r={2.6}><title>{`${labels[i]}: ${value.toLocaleString(locale)}`}</title></circle>)}</g>
        : <g key={s} className={`series-${s % 6}`}>{each.values.map((value, i) => Number.isFinite(value) && <rect key={i} x={x(i) - (bar * series.length) / 2 + s * bar} width={Math.max(0.8, bar - 1)} y={Math.min(y(value), y(0))} height={Math.abs(y(value) - y(0))} rx={1.5}><title>{`${labels[i]}: ${value.toLocaleString(locale)}`}</title></rect>)}</g>)}
      {series.length > 1 && series.map((each, s) => <g key={s} className={`series-${s % 6}`} transform={`translate(${LEFT + s * ((WIDTH - LEFT) / series.length)} ${HEIGHT - 12})`}><rect width={9} height={9} y={-8} rx={2} /><text x={14} y={0}>{each.name}</text></g>)}
    </svg>
  );
}

/** Rows of CSV (RFC 4180). */
export function rows(csv: string): string[][] {
  const table: string[][] = [];
  let row: string[] = [], cell = "", quoted = false;
  for (let i = 0; i < csv.length; i += 1) {
    const c = csv[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (csv[i + 1] === '"') { cell += '"'; i += 1; }
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ",") { row.push(cell); cell = ""; }
    else if (c === "\n") { row.push(cell); table.push(row); row = []; cell = ""; }
    else if (c !== "\r") cell += c;
  }
  if (cell || row.length) { row.push(cell); table.push(row); }
  return table.filter((each) => each.some((value) => value.trim()));
}

function numberOf(cell: string): number {
  const found = /^\s*([-−–]?)\s*[$€£¥]?\s*([\d.,]+)\s*([kKMBG%]?)\s*$/.exec(cell);
  if (!found) return Number.NaN;
  const scale = { k: 1e3, K: 1e3, M: 1e6, B: 1e9, G: 1e9 }[found[3] as "k"] ?? 1;
  return (found[1] ? -1 : 1) * Number((found[2] as string).replaceAll(",", "")) * scale;
}

/** Columns of numbers over a column of names; a table of name, group, number is turned into one. */
function seriesOf(table: string[][]): Found | null {
  const [names = [], ...body] = table;
  if (!body.length || body.length > 2000) return null;
  const numeric = names.map((_, i) => body.filter((row) => Number.isFinite(numberOf(row[i] ?? ""))).length >= body.length * 0.6);
  const values = names.map((_, i) => i).filter((i) => numeric[i] && (i > 0 || names.length === 1 || !numeric.slice(1).some(Boolean)));
  if (!values.length) return null;
  const label = names.findIndex((_, i) => !values.includes(i));
  const labels = body.map((row, i) => (label < 0 ? String(i + 1) : row[label] ?? ""));
  const dated = labels.length > 2 && labels.every((each) => /\b(1[6-9]|20)\d\d\b/.test(each)) || (label >= 0 && (numeric[label] ?? false));
  const group = names.findIndex((_, i) => !values.includes(i) && i !== label);
  if (group >= 0 && values.length === 1 && new Set(labels).size < labels.length) {
    const kinds = [...new Set(body.map((row) => row[group] ?? ""))].slice(0, 6);
    const all = [...new Set(labels)];
    const series = kinds.map((name) => ({ name, values: all.map((each) => { const row = body.find((r) => (r[label] ?? "") === each && (r[group] ?? "") === name); return row ? numberOf(row[values[0] as number] ?? "") : Number.NaN; }) }));
    return { labels: all, series, dated, names };
  }
  return { labels, series: values.slice(0, 6).map((i) => ({ name: names[i] ?? "", values: body.map((row) => numberOf(row[i] ?? "")) })), dated, names };
}

function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 5 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((each) => each >= rough) ?? rough;
  const found: number[] = [];
  for (let at = Math.floor(low / step) * step; at <= high + step * 0.999 && found.length < 12; at += step) found.push(Number(at.toPrecision(12)));
  return found;
}
