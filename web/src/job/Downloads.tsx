/** What was read as a file, in every format there is. */

import { useEffect, useState } from "react";
import { ask, Problem } from "../api/client";
import { listFormats } from "../api/jobs";
import type { Format, Job } from "../api/types";
import { t } from "../texts";
import { Download } from "../ui/icons";
import { Menu } from "../ui/parts";
import { useToast } from "../ui/toast";

const GROUPS: { name: keyof typeof t.download.groups; formats: string[] }[] = [
  { name: "office", formats: ["docx", "xlsx", "pptx"] },
  { name: "pdf", formats: ["pdf", "pdf-a"] },
  { name: "text", formats: ["txt", "txt-layout", "md", "mmd", "html"] },
  { name: "data", formats: ["json", "csv", "hocr", "alto", "zip"] },
  { name: "notation", formats: ["latex", "musicxml", "kern", "smiles", "mol", "tikz", "svg"] },
];

export function Downloads({ job, open, setOpen }: { job: Job; open: boolean; setOpen: (open: boolean) => void }) {
  const [formats, setFormats] = useState<Format[]>([]);
  const [busy, setBusy] = useState("");
  const toast = useToast();
  useEffect(() => { listFormats().then(setFormats, () => undefined); }, []);

  const save = async (format: Format) => {
    setBusy(format.name);
    try {
      const answer = await ask(`/v1/jobs/${job.id}/result?format=${format.name}`, { cache: "no-store" });
      const url = URL.createObjectURL(await answer.blob());
      const link = Object.assign(document.createElement("a"), { href: url, download: nameOf(job, format) });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
      toast(error instanceof Problem ? `${t.download.failed}: ${error.message}` : t.download.failed, true);
    }
    setBusy("");
  };

  const known = GROUPS.map((group) => ({ ...group, found: group.formats.flatMap((name) => formats.find((each) => each.name === name) ?? []) }));
  const others = formats.filter((format) => !GROUPS.some((group) => group.formats.includes(format.name)));
  return (
    <Menu label={busy ? t.download.busy(t.download.formats[busy] ?? busy) : t.download.title} icon={<Download />} look="main" open={open} setOpen={setOpen}>
      {(close) => [...known, { name: "data" as const, found: others, formats: [] }].filter((group) => group.found.length).map((group, i) => (
        <div role="group" aria-label={t.download.groups[group.name]} key={i} className="menu-group">
          <div className="menu-label" aria-hidden="true">{t.download.groups[group.name]}</div>
          {group.found.map((format) => (
            <button key={format.name} type="button" role="menuitem" tabIndex={-1} data-format={format.name} onClick={() => { close(); void save(format); }}>
              <span>{t.download.formats[format.name] ?? format.name}</span><small>{format.suffix}</small>
            </button>
          ))}
        </div>
      ))}
    </Menu>
  );
}

function nameOf(job: Job, format: Format): string {
  const name = job.name || "result";
  const dot = name.lastIndexOf(".");
  return (dot > 0 ? name.slice(0, dot) : name) + format.suffix;
}
