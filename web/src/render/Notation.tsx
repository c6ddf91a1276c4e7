/** What a picture says in the notation of its field, drawn again. Each kind's renderer is loaded when it is met. */

import { lazy, Suspense } from "react";
import type { Notation } from "../api/types";
import { t } from "../texts";
import { Warning } from "../ui/icons";
import { CopyButton } from "../ui/parts";

const Formula = lazy(() => import("./Formula"));

export default function NotationView({ notation }: { notation: Notation }) {
  const [form = "", source = ""] = Object.entries(notation.forms)[0] ?? [];
  return (
    <div className="notation-body">
      <Suspense fallback={<div className="skeleton">{t.render.drawing}</div>}>{drawn(notation)}</Suspense>
      {notation.problem && <p className="notation-problem"><Warning size={14} /> {t.render.problem}: {notation.problem}</p>}
      <div className="notation-tools"><span className="chip">{t.render[notation.kind as "formula"] ?? notation.kind}</span>
        <details><summary>{t.render.source}</summary><pre>{source}</pre></details>
        <CopyButton text={() => source} label={form} /></div>
    </div>
  );
}

function drawn({ kind, forms }: Notation) {
  if (kind === "formula" && forms.latex) return <Formula latex={forms.latex} display />;
  return <pre className="raw">{Object.values(forms)[0]}</pre>;
}
