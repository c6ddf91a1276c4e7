/** What this browser remembers: the key, the theme, where panes are divided. Never sent anywhere but to this server. */

import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";
export interface Settings { key: string; theme: Theme; threshold: number; shade: boolean; split: number }

const NAME = "legenda";
const DEFAULTS: Settings = { key: "", theme: "system", threshold: 0.8, shade: true, split: 52 };

let current: Settings = { ...DEFAULTS, ...stored() };
const listeners = new Set<() => void>();

function stored(): Partial<Settings> {
  try {
    return JSON.parse(localStorage.getItem(NAME) ?? "{}") as Partial<Settings>;
  } catch {
    return {};
  }
}

export const getKey = (): string => current.key;

export function change(part: Partial<Settings>): void {
  current = { ...current, ...part };
  try {
    localStorage.setItem(NAME, JSON.stringify(current));
  } catch { /* private windows may have no storage; then it lasts as long as the page */ }
  apply();
  listeners.forEach((tell) => tell());
}

export function useSettings(): Settings {
  return useSyncExternalStore(
    (tell) => { listeners.add(tell); return () => listeners.delete(tell); },
    () => current,
  );
}

export function apply(): void {
  document.documentElement.dataset.theme = current.theme;
}
