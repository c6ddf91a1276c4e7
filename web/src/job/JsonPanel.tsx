/** What was read as JSON, page by page, folded. */

import { useEffect, useState } from "react";
import type { Page } from "../api/types";
import type { Book, Sheet } from "../state/job";
import { t } from "../texts";
import { Chevron, Up } from "../ui/icons";
import { CopyButton, IconButton } from "../ui/parts";

export function JsonPanel({ book, sheets, current, toPage }: { book: Book; sheets: Sheet[]; current: number; toPage: (page: number) => void }) {
  const [page, setPage] = useState<Page | null>(null);
  const at = sheets.findIndex((sheet) => sheet.number === current);
  useEffect(() => {
    let left = false;
    book.page(current).then((found) => left || setPage(found), () => left || setPage(null));
    return () => { left = true; };
  }, [book, current]);
  return (
    <div className="source">
      <div className="source-head">
        <span>{t.view.pageLabel(current)}</span>
        {sheets.length > 1 && <>
          <IconButton label={t.view.previous} disabled={at <= 0} onClick={() => toPage(sheets[at - 1]?.number ?? current)}><Up /></IconButton>
          <IconButton label={t.view.next} disabled={at < 0 || at >= sheets.length - 1} onClick={() => toPage(sheets[at + 1]?.number ?? current)}><Chevron /></IconButton>
        </>}
        <span className="grow" /><CopyButton text={() => JSON.stringify(page, null, 2)} />
      </div>
      <div className="json" tabIndex={0} role="region" aria-label={t.tabs.json}>{page && <Node name="" value={page} depth={0} />}</div>
    </div>
  );
}

function Node({ name, value, depth }: { name: string; value: unknown; depth: number }) {
  const [open, setOpen] = useState(depth < 1);
  const key = name && <span className="key">{name}: </span>;
  if (value === null || typeof value !== "object") return <div className="leaf">{key}<span className={typeof value}>{JSON.stringify(value)}</span></div>;
  const entries = Object.entries(value);
  if (Array.isArray(value) && value.every((each) => typeof each === "number")) return <div className="leaf">{key}<span className="number">[{value.join(", ")}]</span></div>;
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{key}<span className="dim">{Array.isArray(value) ? `[${entries.length}]` : preview(value as Record<string, unknown>, entries.length)}</span></summary>
      {open && <div className="inside">{entries.map(([each, inner]) => <Node key={each} name={each} value={inner} depth={depth + 1} />)}</div>}
    </details>
  );
}

function preview(value: Record<string, unknown>, count: number): string {
  const told = value.content ?? value.kind;
  return typeof told === "string" ? `{ ${told.length > 60 ? `${told.slice(0, 60)}…` : told} }` : `{${count}}`;
}
