// Formulas to pictures with MathJax and resvg, to choose scales with: node renders.mjs FORMULAS.tsv OUT
// Lines of FORMULAS.tsv: a source and LaTeX, a tab between. Needs mathjax-full@3 and @resvg/resvg-js.
import fs from "node:fs";
import path from "node:path";
import mathjax from "mathjax-full/js/mathjax.js";
import { TeX } from "mathjax-full/js/input/tex.js";
import { SVG } from "mathjax-full/js/output/svg.js";
import { liteAdaptor } from "mathjax-full/js/adaptors/liteAdaptor.js";
import { RegisterHTMLHandler } from "mathjax-full/js/handlers/html.js";
import { AllPackages } from "mathjax-full/js/input/tex/AllPackages.js";
import { Resvg } from "@resvg/resvg-js";

const [list, out] = process.argv.slice(2);
const adaptor = liteAdaptor();
RegisterHTMLHandler(adaptor);
const packages = AllPackages.filter((name) => !["require", "autoload", "bussproofs"].includes(name));
const document = mathjax.mathjax.document("", { InputJax: new TeX({ packages }), OutputJax: new SVG({ fontCache: "local" }) });
const truths = {};
fs.readFileSync(list, "utf8").split("\n").filter(Boolean).forEach((line, index) => {
  const latex = line.split("\t")[1];
  let drawn = "";
  try { drawn = adaptor.innerHTML(document.convert(latex, { display: true })); } catch { return; }
  if (/data-mml-node="merror"|data-mjx-error/.test(drawn)) return;
  const zoom = [0.8, 1.2, 1.8, 2.6, 4][index % 5]; // an em of 13 to 64 px
  const picture = new Resvg(drawn.replace("<svg ", '<svg color="black" '), {
    background: "white", fitTo: { mode: "zoom", value: zoom }, font: { loadSystemFonts: false },
  }).render();
  const name = `${String(index).padStart(5, "0")}.png`;
  fs.writeFileSync(path.join(out, name), picture.asPng());
  truths[name] = { latex, zoom };
});
fs.writeFileSync(path.join(out, "truths.json"), JSON.stringify(truths));
