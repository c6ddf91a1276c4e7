import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Every browser that runs this page reads woff2; the other copies of KaTeX's fonts would only take room. */
const woff2Only: Plugin = {
  name: "woff2-only",
  enforce: "pre",
  transform(code, id) {
    if (!id.endsWith("katex.min.css")) return null;
    return code.replaceAll(/,url\([^)]+\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, "");
  },
};

/** Styles written as attributes are refused by the page's policy; written as properties they are not. */
const noStyleAttributes: Plugin = {
  name: "no-style-attributes",
  enforce: "pre",
  transform(code, id) {
    if (!/node_modules\/(abcjs\/src|katex\/dist|smiles-drawer\/dist)\//.test(id)) return null;
    return code
      .replaceAll(/(\w+)\.setAttributeNS\(null,"style",("[^"]*"|`[^`]*`)\)/g, "($1.style.cssText=$2)")
      .replaceAll(/([\w.]+)\.setAttribute\((["'])style\2,\s*([^;]*)\);/g, "$1.style.cssText = $3;")
      .replace(/renderer\.paper\.insertStyles\(.*\);/, ""); // of notes that are dragged, which nobody does here
  },
};

export default defineConfig({
  plugins: [woff2Only, noStyleAttributes, react()],
  base: "/",
  server: { proxy: { "/v1": "http://127.0.0.1:8080" } },
  build: {
    outDir: "../src/legenda/server/static",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // the policy lets in files of ours, and fonts as data are none
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 4000,
  },
});
