/** The reader with the right options, for one purpose each. */

import { useEffect, useState } from "react";
import { Problem } from "../api/client";
import { t } from "../texts";
import { Tools } from "../ui/icons";
import { EmptyState } from "../ui/parts";
import { ProblemCard } from "../ui/problem";
import { listTools, titleOf, ToolIcon, type Tool } from "./tool";

const GROUPS: { name: keyof typeof t.tools.groups; does: string[]; formats?: string[] }[] = [
  { name: "values", does: ["extract", "mrz", "barcodes"] },
  { name: "rewrite", does: ["translate", "summarise", "redact"] },
  { name: "notation", does: ["read"], formats: ["latex", "smiles", "musicxml", "csv"] },
  { name: "files", does: ["read"] },
];

export default function ToolsView() {
  const [tools, setTools] = useState<Tool[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => { listTools().then(setTools, (error) => error instanceof Problem && setProblem(error)); }, []);
  const seen = new Set<string>();
  return (
    <main className="page wide" id="main">
      <header className="tools-head"><h1>{t.tools.title}</h1><p className="lead">{t.tools.lead}</p></header>
      {problem && problem.status !== 404 && <ProblemCard problem={problem} />}
      {(problem?.status === 404 || tools?.length === 0) && <EmptyState icon={<Tools size={24} />} title={t.tools.empty}>{t.tools.emptyHint}</EmptyState>}
      {tools && GROUPS.map(({ name, does, formats }) => {
        const found = tools.filter((tool) => does.includes(tool.does) && (!formats || formats.includes(tool.format)) && !seen.has(tool.slug));
        found.forEach((tool) => seen.add(tool.slug));
        if (!found.length) return null;
        return (
          <section key={name}>
            <h2 className="section">{t.tools.groups[name]}</h2>
            <ul className="gallery">{found.map((tool) => <li key={tool.slug}><Card tool={tool} /></li>)}</ul>
          </section>
        );
      })}
    </main>
  );
}

function Card({ tool }: { tool: Tool }) {
  const inside = (
    <>
      <span className="tool-icon"><ToolIcon tool={tool} /></span>
      <span className="tool-text"><strong>{titleOf(tool)}</strong><span>{tool.available ? t.tools.about[tool.slug] ?? tool.about : t.tools.needs(tool.needs)}</span></span>
      <small>{tool.format}</small>
    </>
  );
  if (!tool.available) return <div className="tool off" aria-disabled="true">{inside}</div>;
  return <a className="tool" href={`#/read?tab=${tool.slug}`}>{inside}</a>;
}
