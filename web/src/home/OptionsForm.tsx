/** How to read. */

import { useEffect, useState } from "react";
import { listLanguages, type Options } from "../api/jobs";
import type { Language } from "../api/types";
import { t } from "../texts";
import { Close } from "../ui/icons";
import { Segmented } from "../ui/parts";

export function OptionsForm({ options, onChange }: { options: Options; onChange: (options: Options) => void }) {
  const [languages, setLanguages] = useState<Language[]>([]);
  useEffect(() => { listLanguages().then(setLanguages, () => undefined); }, []);
  const set = (part: Partial<Options>) => onChange({ ...options, ...part });
  const nameOf = (code: string) => languages.find((each) => each.code === code)?.name ?? code;
  return (
    <form className="options card" id="options" onSubmit={(event) => event.preventDefault()}>
      <div className="field"><span className="field-label">{t.options.tier}</span>
        <Segmented label={t.options.tier} value={options.tier} onChange={(tier) => set({ tier })}
          options={(["fast", "balanced", "accurate"] as const).map((id) => ({ id, label: t.options[id], hint: t.options.tierHint[id] }))} />
        <span className="hint">{t.options.tierHint[options.tier]}</span></div>
      <div className="field"><label className="field-label" htmlFor="language">{t.options.language}</label>
        <div className="chips">
          {options.languages.map((code) => (
            <button key={code} type="button" className="chip" aria-label={t.options.remove(nameOf(code))} onClick={() => set({ languages: options.languages.filter((each) => each !== code) })}>{nameOf(code)} <Close size={12} /></button>
          ))}
          <select id="language" className="input" value="" onChange={(event) => set({ languages: [...options.languages, event.target.value] })}>
            <option value="">{options.languages.length ? t.options.addLanguage : t.options.anyLanguage}</option>
            {languages.filter((each) => !options.languages.includes(each.code)).map((each) => <option key={each.code} value={each.code}>{each.name}</option>)}
          </select>
        </div></div>
      <div className="field"><label className="field-label" htmlFor="pages">{t.options.pages}</label>
        <input id="pages" className="input" value={options.pages} placeholder={t.options.pagesPlaceholder} pattern="[-0-9, ]*" onChange={(event) => set({ pages: event.target.value.trim() })} /></div>
      <div className="field"><label className="field-label" htmlFor="layer">{t.options.textLayer}</label>
        <select id="layer" className="input" value={options.text_layer} onChange={(event) => set({ text_layer: event.target.value })}>
          {(["auto", "ignore", "only"] as const).map((each) => <option key={each} value={each}>{t.options[each]}</option>)}
        </select></div>
      <div className="field"><span className="field-label">{t.options.structure}</span>
        <label className="check"><input type="checkbox" checked={options.structure} onChange={(event) => set({ structure: event.target.checked })} /> {t.options.structureHint}</label></div>
      <div className="field"><label className="field-label" htmlFor="password">{t.options.password}</label>
        <input id="password" className="input" type="password" autoComplete="off" value={options.password} placeholder={t.options.passwordPlaceholder} onChange={(event) => set({ password: event.target.value })} /></div>
    </form>
  );
}
