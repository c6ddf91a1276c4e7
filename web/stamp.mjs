// Puts the licences of what is built in beside it, and writes down what the page was built of, so that a test can tell whether the built files are those of today's sources.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const sources = ["index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts", ...walk("src")];
const sums = Object.fromEntries(
  sources.sort().map((path) => [path, createHash("sha256").update(readFileSync(path)).digest("hex")]),
);
const bundled = ["react", "react-dom", "scheduler", "katex", "smiles-drawer", "abcjs", "@fontsource-variable/inter"];
const licences = bundled.map((name) => `${name}\n\n${readFileSync(join("node_modules", name, licence(name)), "utf8").trim()}\n`);
writeFileSync("../src/legenda/server/static/assets/licences.txt", licences.join(`\n${"-".repeat(80)}\n\n`));
writeFileSync("../src/legenda/server/static/assets/sources.txt", JSON.stringify(sums, null, 1) + "\n");

function walk(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}

function licence(name) {
  return readdirSync(join("node_modules", name)).find((file) => /^licen[cs]e/i.test(file));
}
