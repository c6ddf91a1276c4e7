/** What a picture says in the notation of its field, drawn again. Each kind's renderer is loaded when it is met. */

import { lazy, Suspense, useEffect, useState } from "react";
import type { Notation } from "../api/types";
import { t } from "../texts";
import { Warning } from "../ui/icons";
import { CopyButton } from "../ui/parts";

const Formula = lazy(() => import("./Formula"));
const Molecule = lazy(() => import("./Molecule"));
const Score = lazy(() => import("./Score"));
const Chart = lazy(() => import("./Chart"));

export default function NotationView({ notation }: { notation: Notation }) {
  const forms = Object.entries(notation.forms);
  const [chosen, setChosen] = useState(forms[0]?.[0] ?? "");
  const source = notation.forms[chosen] ?? "";
  return (
    <div className="notation-body" data-notation={notation.kind}>
      <Suspense fallback={<div className="skeleton">{t.render.drawing}</div>}>{drawn(notation)}</Suspense>
      {notation.problem && <p className="notation-problem" role="note"><Warning size={14} /> {t.render.problem}: {notation.problem}</p>}
      <div className="notation-tools"><span className="chip">{t.render[notation.kind as "formula"] ?? notation.kind}</span>
        <span>{t.job.confidence(Math.round(notation.confidence * 100))}</span>
        <details><summary>{t.render.source}</summary>
          {forms.length > 1 && <div className="chips">{forms.map(([form]) => <button type="button" key={form} className={form === chosen ? "chip strong" : "chip"} aria-pressed={form === chosen} onClick={() => setChosen(form)}>{form}</button>)}</div>}
          <pre>{source}</pre></details>
        <CopyButton text={() => source} label={chosen} /></div>
    </div>
  );
}

function drawn({ kind, forms }: Notation) {
  if (forms.latex && kind === "formula") return <Formula latex={forms.latex} display />;
  if (forms.smiles) return <Molecule smiles={forms.smiles} />;
  if (forms.kern) return <Score kern={forms.kern} />;
  if (forms.csv) return <Chart csv={forms.csv} kind={`${forms.dict ?? ""}`} />;
  if (forms.svg) return <Svg svg={forms.svg} kind={kind} />;
  return <pre className="raw">{Object.values(forms)[0]}</pre>;
}

/** A drawing as a picture: nothing in it can run. */
function Svg({ svg, kind }: { svg: string; kind: string }) {
  const [url, setUrl] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [svg]);
  return <div className="drawing paper">{url && <img src={url} alt={t.render[kind as "geometry"] ?? kind} />}</div>;
}
