/** A line at the foot of the page that says what happened, and goes away. */

import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from "react";

const Context = createContext<(text: string, bad?: boolean) => void>(() => undefined);
export const useToast = () => useContext(Context);

export function Toasts({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<{ text: string; bad: boolean } | null>(null);
  const timer = useRef(0);
  const tell = useCallback((text: string, bad = false) => {
    setShown({ text, bad });
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setShown(null), bad ? 7000 : 3500);
  }, []);
  return (
    <Context.Provider value={tell}>
      {children}
      <div className="toasts" role="status" aria-live="polite">{shown && <div className={shown.bad ? "toast bad" : "toast"}>{shown.text}</div>}</div>
    </Context.Provider>
  );
}
