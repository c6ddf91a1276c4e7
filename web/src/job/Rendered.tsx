/** A page as a document: headings, paragraphs, lists, tables, pictures, and notations drawn. */

import { Fragment, lazy, memo, Suspense, type ReactNode } from "react";
import { t } from "../texts";
import { Boundary } from "../ui/boundary";
import { LineText } from "./LineText";
import { usePicture } from "./pictures";
import { bounds, type PlacedBlock, type PlacedLine, type PlacedPage } from "./words";

const NotationView = lazy(() => import("../render/Notation"));

interface Props { id: string; content: PlacedPage; threshold: number; shade: boolean }

const PICTURED = new Set(["figure", "chart", "seal", "geometry", "molecule", "score", "barcode"]);

export const Rendered = memo(function Rendered({ id, content, threshold, shade }: Props) {
  const parts: ReactNode[] = [];
  const { blocks } = content;
  for (let i = 0; i < blocks.length; i += 1) {
    const block = blocks[i] as PlacedBlock;
    if (block.block.kind !== "list") {
      parts.push(<BlockView key={i} {...{ id, content, block, threshold, shade }} />);
      continue;
    }
    const items: PlacedBlock[] = [];
    const from = i;
    while (i < blocks.length && blocks[i]?.block.kind === "list") items.push(blocks[i++] as PlacedBlock);
    i -= 1;
    parts.push(<ul key={from} className="list">{items.map((item, j) => <ListItem key={j} block={item} threshold={threshold} shade={shade} />)}</ul>);
  }
  return <div className="rendered">{parts}</div>;
});

interface BlockProps extends Props { block: PlacedBlock }

function BlockView({ id, content, block, threshold, shade }: BlockProps) {
  const { kind, level, notation, table } = block.block;
  const text = <Paragraph block={block} threshold={threshold} shade={shade} />;
  if (notation) {
    return (
      <figure className={`notation ${notation.kind}`}>
        <Boundary fallback={<pre className="raw">{Object.values(notation.forms)[0]}</pre>}>
          <Suspense fallback={<div className="skeleton">{t.render.drawing}</div>}><NotationView notation={notation} /></Suspense>
        </Boundary>
        {notation.kind !== "formula" && <details className="original"><summary>{t.render.original}</summary>
          <Cut id={id} content={content} block={block} /></details>}
      </figure>
    );
  }
  if (table) return <TableView block={block} threshold={threshold} shade={shade} />;
  if (kind === "title") return <h2 className="title" dir="auto">{text}</h2>;
  if (kind === "heading") {
    const Tag = `h${Math.min(6, Math.max(3, (level || 1) + 2))}` as "h3";
    return <Tag className={`heading level-${level || 1}`} dir="auto">{text}</Tag>;
  }
  const rows = kind === "code" ? [] : rowsOf(block);
  if (kind === "table" || rows.filter((row) => row.length > 1).length > rows.length * 0.3) return <LooseTable rows={rows} threshold={threshold} shade={shade} />;
  if (kind === "code") return <pre className="code-block">{block.lines.map((line) => <Fragment key={line.id}><LineText line={line} threshold={threshold} shade={shade} />{"\n"}</Fragment>)}</pre>;
  if (PICTURED.has(kind)) return <figure className="pictured"><Cut id={id} content={content} block={block} />{block.lines.length > 0 && <figcaption dir="auto">{text}</figcaption>}</figure>;
  if (!block.lines.length) return null;
  return <p className={`kind-${kind}`} dir="auto">{text}</p>;
}

/** Lines become paragraphs; a line that ends well before its block does ends on purpose. */
function Paragraph({ block, threshold, shade }: { block: PlacedBlock; threshold: number; shade: boolean }) {
  const box = bounds(block.block.polygon);
  return block.lines.map((line, i) => {
    const own = bounds(line.line.polygon);
    const short = own.x + own.width < box.x + box.width * 0.8;
    const next = block.lines[i + 1];
    const bullet = next && /^\s*([-•–*]|\d{1,3}[.)])\s/.test(next.line.content);
    const cjk = next && /[⺀-鿿＀-￯]$/.test(line.line.content) && /^[⺀-鿿＀-￯]/.test(next.line.content);
    const hyphen = /\p{L}-$/u.test(line.line.content) && next && /^\p{Ll}/u.test(next.line.content);
    return (
      <Fragment key={line.id}>
        <span data-l={line.id}><LineText line={line} threshold={threshold} shade={shade} marks /></span>
        {next && (short || bullet ? <br /> : cjk || hyphen ? null : " ")}
      </Fragment>
    );
  });
}

function ListItem({ block, threshold, shade }: { block: PlacedBlock; threshold: number; shade: boolean }) {
  const groups: PlacedLine[][] = [];
  for (const line of block.lines) {
    if (!groups.length || /^\s*([-•–*▪◦·]|\(?\p{L}?\d{0,3}[.)])\s/u.test(line.line.content)) groups.push([]);
    groups[groups.length - 1]?.push(line);
  }
  return groups.map((lines, i) => (
    <li key={i} className={`level-${block.block.level || 1}`} dir="auto">
      {lines.map((line, j) => <Fragment key={line.id}>{j > 0 && " "}<LineText line={line} threshold={threshold} shade={shade} marks /></Fragment>)}
    </li>
  ));
}

function TableView({ block, threshold, shade }: { block: PlacedBlock; threshold: number; shade: boolean }) {
  const table = block.block.table;
  if (!table) return null;
  const rows = Array.from({ length: table.rows }, (_, row) => table.cells.filter((cell) => cell.row === row).sort((a, b) => a.column - b.column));
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={t.render.table}>
      <table>
        <tbody>
          {rows.map((cells, i) => (
            <tr key={i}>
              {cells.map((cell) => {
                const Tag = cell.header ? "th" : "td";
                const lines = block.lines.slice(cell.first ?? 0, (cell.first ?? 0) + (cell.count ?? 0));
                const number = lines.length > 0 && lines.every(({ line }) => NUMBER.test(line.content));
                return (
                  <Tag key={cell.column} rowSpan={cell.rows} colSpan={cell.columns} className={number ? "number" : undefined} dir="auto">
                    {lines.map((line, j) => <Fragment key={line.id}>{j > 0 && <br />}<span data-l={line.id}><LineText line={line} threshold={threshold} shade={shade} marks /></span></Fragment>)}
                  </Tag>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Lines that stand beside one another, where nobody took a table apart: rows as they stand, columns where paper parts them. */
function LooseTable({ rows, threshold, shade }: { rows: PlacedLine[][]; threshold: number; shade: boolean }) {
  const columns = columnsOf(rows);
  const text = (line: PlacedLine) => <span key={line.id} className="piece" data-l={line.id}><LineText line={line} threshold={threshold} shade={shade} marks /></span>;
  if (columns.length < 2) return <div className="loose-table" dir="auto">{rows.map((row, i) => <div key={i}>{row.map(text)}</div>)}</div>;
  return (
    <div className="table-box loose" tabIndex={0} role="region" aria-label={t.render.table}>
      <table><tbody>{rows.map((row, i) => (
        <tr key={i}>{columns.map(([from, to], j) => {
          const lines = row.filter((line) => { const box = bounds(line.line.polygon); const middle = box.x + box.width / 2; return middle >= from && middle < to; });
          return <td key={j} className={lines.length > 0 && lines.every(({ line }) => NUMBER.test(line.content)) ? "number" : undefined} dir="auto">{lines.map(text)}</td>;
        })}</tr>
      ))}</tbody></table>
    </div>
  );
}

const NUMBER = /^(?=.*\d)[\s\d.,:%€$£¥+\-−()]+$/;

/** Left and right edges of columns: stretches of the width that lines cover, with paper between. */
function columnsOf(rows: PlacedLine[][]): [number, number][] {
  const stretches = rows.flat().map(({ line }) => bounds(line.polygon)).sort((a, b) => a.x - b.x);
  const columns: [number, number][] = [];
  for (const { x, width } of stretches) {
    const last = columns[columns.length - 1];
    if (last && x < last[1]) last[1] = Math.max(last[1], x + width);
    else columns.push([x, x + width]);
  }
  return columns;
}

/** Lines of a block, row by row as they stand. */
function rowsOf(block: PlacedBlock): PlacedLine[][] {
  const rows: PlacedLine[][] = [];
  let middle = -Infinity, half = 0;
  for (const line of [...block.lines].sort((a, b) => centre(a) - centre(b))) {
    const own = centre(line);
    const height = bounds(line.line.polygon).height / 2;
    if (own - middle > Math.max(half, height) * 0.9) { rows.push([]); middle = own; half = height; }
    rows[rows.length - 1]?.push(line);
  }
  for (const row of rows) row.sort((a, b) => bounds(a.line.polygon).x - bounds(b.line.polygon).x);
  return rows;
}

function centre(line: PlacedLine): number {
  const box = bounds(line.line.polygon);
  return box.y + box.height / 2;
}

/** The part of the page where a block stands. */
function Cut({ id, content, block }: { id: string; content: PlacedPage; block: PlacedBlock }) {
  const url = usePicture(id, content.page.number, 1200, true);
  const box = bounds(block.block.polygon);
  const label = t.render[block.block.kind as "figure"] ?? t.render.figure;
  if (!url || box.width < 1 || box.height < 1) return <div className="skeleton">{label}</div>;
  return (
    <svg className="cut" viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`} role="img" aria-label={label as string}
      style={{ maxWidth: `${Math.min(100, (box.width / content.page.width) * 130)}%` }}>
      <image href={url} width={content.page.width} height={content.page.height} preserveAspectRatio="none" />
    </svg>
  );
}
