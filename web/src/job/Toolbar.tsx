/** Over the picture: pages, zoom, doubt. */

import { useEffect, useState } from "react";
import type { Sheet } from "../state/job";
import { change } from "../state/settings";
import { t } from "../texts";
import { Chevron, Fit, Minus, Plus, Shade, Up } from "../ui/icons";
import { IconButton } from "../ui/parts";

interface Props {
  sheets: Sheet[]; current: number; toPage: (page: number) => void;
  zoom: number; onZoom: (factor: number) => void; onFit: () => void;
  threshold: number; shade: boolean;
}

export function Toolbar({ sheets, current, toPage, zoom, onZoom, onFit, threshold, shade }: Props) {
  const at = sheets.findIndex((sheet) => sheet.number === current);
  const [typed, setTyped] = useState(String(current));
  useEffect(() => setTyped(String(current)), [current]);
  const beside = (by: number) => sheets[at + by]?.number;
  return (
    <div className="toolbar" role="toolbar" aria-label={t.view.picture}>
      {sheets.length > 1 && (
        <div className="group pages">
          <IconButton label={t.view.previous} disabled={!beside(-1)} onClick={() => toPage(beside(-1) ?? current)}><Up /></IconButton>
          <form onSubmit={(event) => { event.preventDefault(); if (sheets.some((sheet) => sheet.number === Number(typed))) toPage(Number(typed)); }}>
            <input aria-label={t.view.goTo} inputMode="numeric" value={typed} size={Math.max(2, typed.length)} onChange={(event) => setTyped(event.target.value.replace(/\D/g, ""))} onFocus={(event) => event.target.select()} />
            <span> / {sheets[sheets.length - 1]?.number}</span>
          </form>
          <IconButton label={t.view.next} disabled={!beside(1)} onClick={() => toPage(beside(1) ?? current)}><Chevron /></IconButton>
        </div>
      )}
      <div className="group">
        <IconButton label={t.view.zoomOut} onClick={() => onZoom(0.8)}><Minus /></IconButton>
        <span className="zoom" aria-live="polite">{Math.round(zoom * 100)} %</span>
        <IconButton label={t.view.zoomIn} onClick={() => onZoom(1.25)}><Plus /></IconButton>
        <IconButton label={t.view.fit} onClick={onFit}><Fit /></IconButton>
      </div>
      <div className="group doubt">
        <button type="button" className={shade ? "toggle on" : "toggle"} aria-pressed={shade} title={t.view.shadeHint} onClick={() => change({ shade: !shade })}>
          <Shade /><span className="label">{t.view.shade}</span>
        </button>
        <input type="range" min={0} max={100} step={1} value={Math.round(threshold * 100)} aria-label={t.view.threshold}
          aria-valuetext={t.view.thresholdValue(Math.round(threshold * 100))} onChange={(event) => change({ threshold: Number(event.target.value) / 100, shade: true })} />
        <span className="value">{t.view.thresholdValue(Math.round(threshold * 100))}</span>
      </div>
    </div>
  );
}
