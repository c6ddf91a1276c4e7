/** What was done here, as a program would ask for it. */

import { useState } from "react";
import type { Job } from "../api/types";
import { useSettings } from "../state/settings";
import { t } from "../texts";
import { CopyButton, Segmented } from "../ui/parts";
import { askedOf, DIALECTS, type Language } from "./snippets";

const LANGUAGES: { id: Language; label: string }[] = [{ id: "curl", label: "curl" }, { id: "python", label: "Python" }, { id: "javascript", label: "JavaScript" }];

export function CodePanel({ job }: { job: Job }) {
  const [dialect, setDialect] = useState("legenda");
  const [language, setLanguage] = useState<Language>("curl");
  const { key } = useSettings();
  const chosen = DIALECTS.find((each) => each.id === dialect) ?? DIALECTS[0];
  const code = chosen?.write(askedOf(job, location.origin, Boolean(key)))[language] ?? "";
  return (
    <div className="code-panel" tabIndex={0} role="region" aria-label={t.tabs.code}>
      <h2>{t.code.title}</h2>
      <p className="hint">{t.code.lead}</p>
      <div className="chips dialects" role="radiogroup" aria-label={t.code.dialect}>
        {DIALECTS.map((each) => (
          <button key={each.id} type="button" role="radio" aria-checked={each.id === dialect} className={each.id === dialect ? "chip strong" : "chip"} onClick={() => setDialect(each.id)}>{each.name}</button>
        ))}
      </div>
      <div className="snippet">
        <div className="snippet-head"><Segmented label={t.code.language} value={language} onChange={(to) => setLanguage(to as Language)} options={LANGUAGES} /><CopyButton text={() => code} /></div>
        <pre tabIndex={0} data-dialect={dialect} data-language={language}><code>{painted(code)}</code></pre>
      </div>
      <p className="hint">{key ? t.code.key : dialect === "legenda" ? t.code.noKey : t.code.anyKey}</p>
    </div>
  );
}

/** Strings, comments and words of the languages in colour; nothing is taken apart further. */
function painted(code: string) {
  const parts = code.split(/("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|(?:^|(?<=\s))(?:#|\/\/).*$|\b(?:import|from|with|as|for|in|const|await|let|do|while|async|return|new|curl|print)\b)/m);
  return parts.map((part, i) => i % 2 === 0 ? part : (
    <span key={i} className={/^["'`]/.test(part) ? "string" : /^(#|\/\/)/.test(part) ? "comment" : "keyword"}>{part}</span>
  ));
}
