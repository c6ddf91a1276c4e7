/** The texts of the visitor's language, of those there are. */

import { en, type Texts } from "./en";

const known: Record<string, Texts> = { en };

const code = navigator.languages.map((each) => each.slice(0, 2)).find((each) => each in known) ?? "en";

export const t: Texts = known[code] ?? en;
export const locale = code;
