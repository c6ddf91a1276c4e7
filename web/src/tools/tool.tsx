/** What is known of tools. */

import { askJson } from "../api/client";
import { t } from "../texts";
import { Account, Barcode, Card, Chart, Check, Formula, Globe, History, Molecule, Music, Pencil, Read, Receipt, Redact, Table } from "../ui/icons";

export interface Tool { slug: string; about: string; format: string; does: string; available: boolean; needs: string; options: Record<string, unknown> }

let known: Promise<Tool[]> | null = null;
export const listTools = () => (known ??= askJson<Tool[]>("/v1/tools").catch((error) => { known = null; throw error; }));

export function titleOf(tool: { slug: string }): string {
  const words = tool.slug.replaceAll("-", " ");
  return t.tools.titles[tool.slug] ?? words[0]?.toUpperCase() + words.slice(1);
}

const ICONS: Record<string, typeof Read> = {
  receipt: Receipt, invoice: Receipt, "business-card": Card, id: Account, barcode: Barcode, translate: Globe, summarise: History, redact: Redact,
  "image-to-latex": Formula, "chart-to-table": Chart, molecule: Molecule, music: Music, "handwriting-to-text": Pencil, "extract-tables": Table, "pdf-to-excel": Table, "image-to-excel": Table, "searchable-pdf": Check,
};

export function ToolIcon({ tool, size = 18 }: { tool: { slug: string }; size?: number }) {
  const Icon = ICONS[tool.slug] ?? Read;
  return <Icon size={size} />;
}
