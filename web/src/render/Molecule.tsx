/** A molecule from SMILES, drawn by SmilesDrawer into a picture. */

import { useEffect, useState } from "react";
import { t } from "../texts";

interface Drawer { draw: (tree: unknown, target: SVGElement, theme: string, weights: null, infoOnly: boolean) => void }
interface Library {
  SvgDrawer: new (options: Record<string, unknown>) => Drawer;
  parse: (smiles: string, done: (tree: unknown) => void, failed: (error: unknown) => void) => void;
}

export default function Molecule({ smiles }: { smiles: string }) {
  const [url, setUrl] = useState("");
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let made = "";
    let left = false;
    void import("smiles-drawer").then((module) => {
      const library = ((module as { default?: unknown }).default ?? module) as Library;
      library.parse(smiles, (tree) => {
        if (left) return;
        try {
          const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
          new library.SvgDrawer({ width: 480, height: 340, bondThickness: 1.2, padding: 18 }).draw(tree, svg, "light", null, false);
          svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
          const box = svg.getAttribute("viewBox")?.split(/\s+/).map(Number) ?? [];
          if (box.length === 4) { svg.setAttribute("width", String(box[2])); svg.setAttribute("height", String(box[3])); }
          // as a picture: the library writes styles into its drawing, which this page's policy has no place for
          made = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }));
          setUrl(made);
        } catch {
          setFailed(true);
        }
      }, () => setFailed(true));
    }, () => setFailed(true));
    return () => { left = true; if (made) URL.revokeObjectURL(made); };
  }, [smiles]);
  if (failed) return <div className="raw"><p className="hint">{t.render.failed}</p><code>{smiles}</code></div>;
  return <div className="drawing paper">{url && <img src={url} alt={`${t.render.molecule}: ${smiles}`} />}</div>;
}
