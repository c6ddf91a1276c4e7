/** Where the visitor is, from the part of the address behind `#`, so that the server needs one path only. */

import { useSyncExternalStore } from "react";

export interface Route { name: string; id: string; page: number; tab: string }

function parsed(): Route {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [name = "", id = ""] = path.split("/");
  const given = new URLSearchParams(query);
  return { name: name || "read", id, page: Number(given.get("page")) || 0, tab: given.get("tab") ?? "" };
}

let current = parsed();
const listeners = new Set<() => void>();
addEventListener("hashchange", () => {
  current = parsed();
  listeners.forEach((tell) => tell());
});

export const go = (to: string): void => { location.hash = to; };

export function useRoute(): Route {
  return useSyncExternalStore(
    (tell) => { listeners.add(tell); return () => listeners.delete(tell); },
    () => current,
  );
}
