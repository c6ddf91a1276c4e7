/** Requests that do what was done here, for every interface this server speaks. As `docs/dialects` has them. */

import type { Job } from "../api/types";

export type Language = "curl" | "python" | "javascript";
export interface Dialect { id: string; name: string; write: (asked: Asked) => Record<Language, string> }

interface Asked {
  origin: string;
  file: string;
  tier: string;
  language: string;
  /** Whether the server wants one. */
  key: boolean;
  /** Options of the job that are not the default, by name. */
  options: [string, string][];
}

export function askedOf(job: Job, origin: string, key: boolean): Asked {
  const given: [string, string][] = [
    ["tier", job.tier === "balanced" ? "" : job.tier],
    ["languages", job.languages.join(",")],
    ["pages", job.pages],
    ["structure", job.structure ? "true" : ""],
    ["text_layer", job.text_layer === "auto" ? "" : job.text_layer],
    ["tool", job.tool],
  ];
  return { origin, key, file: job.name || "scan.png", tier: job.tier, language: job.languages[0] ?? "", options: given.filter(([, value]) => value) };
}

/** As a literal of Python and JavaScript alike. */
const text = (value: string) => JSON.stringify(value);
/** As a word of a shell. */
const word = (value: string) => (/^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`);
/** A file in `-F`, whose names must not be taken for options of curl's. */
const part = (field: string, file: string) => word(/[;,"]/.test(file) ? `${field}=@"${file.replace(/(["\\])/g, "\\$1")}"` : `${field}=@${file}`);
const lines = (...all: (string | false | undefined)[]) => all.filter((line) => line !== false && line !== undefined).join("\n");
const suffix = (file: string) => file.slice(file.lastIndexOf(".") + 1).toLowerCase();
const kind = (file: string) => ({ png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", webp: "image/webp", gif: "image/gif", pdf: "application/pdf" })[suffix(file)] ?? "application/octet-stream";

const legenda = (a: Asked): Record<Language, string> => ({
  curl: lines(
    `curl ${word(`${a.origin}/v1/jobs`)} \\`,
    a.key && `  -H "Authorization: Bearer $LEGENDA_KEY" \\`,
    `  -F ${part("file", a.file)}${a.options.map(([name, value]) => ` \\\n  -F ${word(`${name}=${value}`)}`).join("")}`,
  ),
  python: lines(
    a.key && "import os", "import legenda", "",
    `with legenda.Client(${text(a.origin)}, key=${a.key ? 'os.environ["LEGENDA_KEY"]' : "None"}) as client:`,
    `    job = client.submit(${text(a.file)}${a.options.map(([name, value]) => `, ${name}=${name === "languages" ? JSON.stringify(value.split(",")) : name === "structure" ? "True" : text(value)}`).join("")})`,
    "    for page in job.pages():  # each as soon as it is read", "        print(page.text)",
  ),
  javascript: lines(
    `import { openAsBlob } from "node:fs";`, "",
    "const form = new FormData();", `form.append("file", await openAsBlob(${text(a.file)}), ${text(a.file)});`,
    ...a.options.map(([name, value]) => `form.append(${text(name)}, ${text(value)});`),
    `const answer = await fetch(${text(`${a.origin}/v1/jobs`)}, {`, `  method: "POST",`,
    a.key ? "  headers: { Authorization: `Bearer ${process.env.LEGENDA_KEY}`, Prefer: \"wait=30\" }," : "  headers: { Prefer: \"wait=30\" },", "  body: form,", "});",
    "const job = await answer.json();", "console.log(job.state, job.document?.text);",
  ),
});

const ours = (a: Asked) => `${a.tier === "balanced" ? "" : `, "tier": ${text(a.tier)}`}${a.language ? `, "language": ${text(a.language)}` : ""}`;

const queue = (vendor: "fal" | "modelrunner") => (a: Asked): Record<Language, string> => {
  const fal = vendor === "fal";
  const app = fal ? "fal-ai/got-ocr/v2" : "stepfun-ai/got-ocr/v2";
  const module = fal ? "fal_client" : "modelrunner_ai";
  const key = fal ? "FAL_KEY" : "MODELRUNNER_KEY";
  return {
    curl: lines(
      `curl ${word(`${a.origin}${fal ? "" : "/mr/run"}/${app}`)} \\`, `  -H "Authorization: Key $${key}" -H "Content-Type: application/json" \\`,
      `  -d '{"input_image_urls": ["https://example.com/${encodeURIComponent(a.file)}"]${ours(a)}}'`,
    ),
    python: lines(
      `import legenda.compat.${vendor}`, "", `legenda.compat.${vendor}.redirect(${text(a.origin)})`, "", `import ${module}`, "",
      `url = ${module}.upload_file(${text(a.file)})`,
      `result = ${module}.subscribe(${text(app)}, arguments={"input_image_urls": [url]${ours(a)}})`,
      fal ? `print(result["outputs"])` : `print(result["output"]["outputs"])`,
    ),
    javascript: fal
      ? lines(`import { openAsBlob } from "node:fs";`, `import { fal } from "@fal-ai/client";`, "",
        `fal.config({ credentials: process.env.${key}, proxyUrl: { url: ${text(`${a.origin}/api/fal/proxy`)}, when: "always" } });`, "",
        `const url = await fal.storage.upload(await openAsBlob(${text(a.file)}, { type: ${text(kind(a.file))} }));`,
        `const result = await fal.subscribe(${text(app)}, { input: { "input_image_urls": [url]${ours(a)} } });`, "console.log(result.data.outputs);")
      : lines(`import { openAsBlob } from "node:fs";`, `import { modelrunner } from "@modelrunner/client";`, "", "const ways = {",
        `  "https://modelrunner.run/storage/": ${text(`${a.origin}/mr/rest/storage/`)},`,
        `  "https://queue.modelrunner.run/": ${text(`${a.origin}/mr/queue/`)},`, `  "https://modelrunner.run/": ${text(`${a.origin}/mr/run/`)},`, "};",
        "modelrunner.config({", `  credentials: process.env.${key},`, "  requestMiddleware: async (request) => {",
        "    const from = Object.keys(ways).find((start) => request.url.startsWith(start));",
        "    return from ? { ...request, url: ways[from] + request.url.slice(from.length) } : request;", "  },", "});", "",
        `const url = await modelrunner.storage.upload(await openAsBlob(${text(a.file)}, { type: ${text(kind(a.file))} }));`,
        `const result = await modelrunner.subscribe(${text(app)}, { input: { "input_image_urls": [url]${ours(a)} } });`, "console.log(result);"),
  };
};

const openai = (a: Asked): Record<Language, string> => {
  const pdf = suffix(a.file) === "pdf";
  const piece = (uri: string) => pdf ? `{"type": "file", "file": {"filename": ${text(a.file)}, "file_data": ${uri}}}` : `{"type": "image_url", "image_url": {"url": ${uri}}}`;
  return {
    curl: lines(`DATA=$(base64 -w0 ${word(a.file)})`, `curl ${word(`${a.origin}/v1/chat/completions`)} \\`,
      `  -H "Authorization: Bearer $LEGENDA_KEY" -H "Content-Type: application/json" \\`, "  --data-binary @- <<END",
      `{"model": ${text(a.tier)}, "messages": [{"role": "user", "content": [`, `  {"type": "text", "text": "As Markdown"},`,
      `  ${piece(`"data:${kind(a.file)};base64,$DATA"`)}`, "]}]}", "END"),
    python: lines("import base64, os", "from openai import OpenAI", "",
      `client = OpenAI(base_url=${text(`${a.origin}/v1`)}, api_key=os.environ["LEGENDA_KEY"])`, `with open(${text(a.file)}, "rb") as file:`,
      `    data = "data:${kind(a.file)};base64," + base64.b64encode(file.read()).decode()`,
      `content = [{"type": "text", "text": "As Markdown"}, ${piece("data")}]`,
      `answer = client.chat.completions.create(model=${text(a.tier)}, messages=[{"role": "user", "content": content}])`, "print(answer.choices[0].message.content)"),
    javascript: lines(`import { readFile } from "node:fs/promises";`, `import OpenAI from "openai";`, "",
      `const client = new OpenAI({ baseURL: ${text(`${a.origin}/v1`)}, apiKey: process.env.LEGENDA_KEY });`,
      `const data = "data:${kind(a.file)};base64," + (await readFile(${text(a.file)}, "base64"));`,
      `const content = [{"type": "text", "text": "As Markdown"}, ${piece("data")}];`,
      `const answer = await client.chat.completions.create({ model: ${text(a.tier)}, messages: [{ role: "user", content }] });`,
      "console.log(answer.choices[0].message.content);"),
  };
};

const mistral = (a: Asked): Record<Language, string> => ({
  curl: lines(`FILE=$(curl -s ${word(`${a.origin}/v1/files`)} -H "Authorization: Bearer $LEGENDA_KEY" \\`,
    `  -F purpose=ocr -F ${part("file", a.file)} | sed 's/.*"id":"\\([^"]*\\)".*/\\1/')`,
    `curl ${word(`${a.origin}/v1/ocr`)} -H "Authorization: Bearer $LEGENDA_KEY" -H "Content-Type: application/json" \\`,
    `  -d "{\\"model\\": \\"${a.tier}\\", \\"document\\": {\\"type\\": \\"file\\", \\"file_id\\": \\"$FILE\\"}}"`),
  python: lines("import os", "from mistralai.client import Mistral", "",
    `client = Mistral(api_key=os.environ["LEGENDA_KEY"], server_url=${text(a.origin)})`, `with open(${text(a.file)}, "rb") as content:`,
    `    file = client.files.upload(file={"file_name": ${text(a.file)}, "content": content}, purpose="ocr")`,
    `answer = client.ocr.process(model=${text(a.tier)}, document={"type": "file", "file_id": file.id})`, "for page in answer.pages:", "    print(page.markdown)"),
  javascript: lines(`import { openAsBlob } from "node:fs";`, `import { Mistral } from "@mistralai/mistralai";`, "",
    `const client = new Mistral({ apiKey: process.env.LEGENDA_KEY, serverURL: ${text(a.origin)} });`,
    `const content = await openAsBlob(${text(a.file)});`,
    `const file = await client.files.upload({ file: { fileName: ${text(a.file)}, content }, purpose: "ocr" });`,
    `const answer = await client.ocr.process({ model: ${text(a.tier)}, document: { type: "file", fileId: file.id } });`, "for (const page of answer.pages) console.log(page.markdown);"),
});

const azure = (a: Asked): Record<Language, string> => {
  const url = `${a.origin}/documentintelligence/documentModels/prebuilt-layout:analyze?api-version=2024-11-30`;
  return {
    curl: lines(`curl -i ${word(url)} \\`, `  -H "Ocp-Apim-Subscription-Key: $LEGENDA_KEY" -H "Content-Type: ${kind(a.file)}" \\`, `  --data-binary ${word(`@${a.file}`)}`,
      "# ask Operation-Location with the same key"),
    python: lines("import os", "from azure.ai.documentintelligence import DocumentIntelligenceClient", "from azure.core.credentials import AzureKeyCredential", "",
      `client = DocumentIntelligenceClient(${text(a.origin)}, AzureKeyCredential(os.environ["LEGENDA_KEY"]))`, `with open(${text(a.file)}, "rb") as file:`,
      `    result = client.begin_analyze_document("prebuilt-layout", file).result()`, "print(result.content)"),
    javascript: lines(`import { readFile } from "node:fs/promises";`, "", `const headers = { "Ocp-Apim-Subscription-Key": process.env.LEGENDA_KEY, "Content-Type": ${text(kind(a.file))} };`,
      `const taken = await fetch(${text(url)}, { method: "POST", headers, body: await readFile(${text(a.file)}) });`, "let answer;", "do {",
      "  await new Promise((resolve) => setTimeout(resolve, 500));", `  answer = await (await fetch(taken.headers.get("operation-location"), { headers })).json();`,
      `} while (["notStarted", "running"].includes(answer.status));`, "console.log(answer.analyzeResult.content);"),
  };
};

const lazarus = (a: Asked): Record<Language, string> => ({
  curl: lines(`curl ${word(`${a.origin}/api/forms/ocr`)} \\`, `  -H "orgId: my-organization" -H "authKey: $LEGENDA_KEY" \\`, `  -F ${part("file", a.file)} -F version=2`),
  python: lines(`# eval "$(legenda env lazarus)" leads the client here`, "import os", "from lazarus_ai import Forms, LazarusAuth", "",
    `forms = Forms(LazarusAuth("my-organization", os.environ["LEGENDA_KEY"]))`, `print(forms.run_ocr("FILE_PATH", ${text(a.file)})["rawText"])`),
  javascript: lines(`import { openAsBlob } from "node:fs";`, "", "const form = new FormData();", `form.append("file", await openAsBlob(${text(a.file)}), ${text(a.file)});`, `form.append("version", "2");`,
    `const answer = await fetch(${text(`${a.origin}/api/forms/ocr`)}, {`, `  method: "POST",`, `  headers: { orgId: "my-organization", authKey: process.env.LEGENDA_KEY },`, "  body: form,", "});", "console.log((await answer.json()).rawText);"),
});

const form = (path: string, field: string, more: (a: Asked) => [string, string][], shown: { python: string; javascript: string }) => (a: Asked): Record<Language, string> => ({
  curl: lines(`curl ${word(a.origin + path)} \\`, `  -H "Authorization: Bearer $LEGENDA_KEY" \\`, `  -F ${part(field, a.file)}${more(a).map(([name, value]) => ` -F ${word(`${name}=${value}`)}`).join("")}`),
  python: lines("import os, requests", "", `with open(${text(a.file)}, "rb") as file:`,
    `    answer = requests.post(${text(a.origin + path)}, files={${text(field)}: file}, data={${more(a).map(([name, value]) => `${text(name)}: ${text(value)}`).join(", ")}},`,
    `                           headers={"Authorization": "Bearer " + os.environ["LEGENDA_KEY"]}).json()`, shown.python),
  javascript: lines(`import { openAsBlob } from "node:fs";`, "", "const form = new FormData();", `form.append(${text(field)}, await openAsBlob(${text(a.file)}), ${text(a.file)});`,
    ...more(a).map(([name, value]) => `form.append(${text(name)}, ${text(value)});`),
    `const answer = await fetch(${text(a.origin + path)}, {`, `  method: "POST",`, "  headers: { Authorization: `Bearer ${process.env.LEGENDA_KEY}` },", "  body: form,", "});", shown.javascript),
});

export const DIALECTS: Dialect[] = [
  { id: "legenda", name: "Legenda", write: legenda },
  { id: "fal", name: "fal", write: queue("fal") },
  { id: "modelrunner", name: "ModelRunner", write: queue("modelrunner") },
  { id: "openai", name: "OpenAI", write: openai },
  { id: "mistral", name: "Mistral", write: mistral },
  { id: "azure", name: "Azure", write: azure },
  { id: "lazarus", name: "Lazarus", write: lazarus },
  { id: "ocrchat", name: "OCR.chat", write: form("/api/v1/ocr/", "file", (a) => [["tier", a.tier === "accurate" ? "vlm" : "cpu"]],
    { python: `print(answer["markdown"])  # pages beyond five: poll with answer["uuid"]`, javascript: "console.log((await answer.json()).markdown);" }) },
  { id: "picwish", name: "PicWish", write: form("/task/pic/ocr", "image_file", () => [["format", "txt"]],
    { python: `print(answer["data"]["file"])`, javascript: "console.log((await answer.json()).data.file);" }) },
];
