/** Small parts the page is made of. */

import { useEffect, useId, useRef, useState, type ButtonHTMLAttributes, type KeyboardEvent, type ReactNode } from "react";
import { t } from "../texts";
import { Check, Close, Copy } from "./icons";

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { look?: "main" | "plain" | "quiet" | "danger"; small?: boolean };

export function Button({ look = "plain", small, className = "", ...rest }: ButtonProps) {
  return <button type="button" className={`button ${look}${small ? " small" : ""} ${className}`} {...rest} />;
}

export function IconButton({ label, children, ...rest }: { label: string } & ButtonHTMLAttributes<HTMLButtonElement>) {
  return <button type="button" className="icon-button" aria-label={label} title={label} {...rest}>{children}</button>;
}

/** A modal over everything; the browser's own, so focus stays inside and Escape closes it. */
export function Dialog({ title, onClose, children, wide }: { title: string; onClose: () => void; children: ReactNode; wide?: boolean }) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={ref} className={wide ? "dialog wide" : "dialog"} aria-labelledby={id} onCancel={(event) => { event.preventDefault(); onClose(); }}
      onPointerDown={(event) => { if (event.target === ref.current) onClose(); }}>
      <div className="dialog-inside">
        <header><h2 id={id}>{title}</h2><IconButton label={t.close} onClick={onClose}><Close /></IconButton></header>
        {children}
      </div>
    </dialog>
  );
}

/** A button that opens a list of actions. */
export function Menu({ label, icon, children, open, setOpen, look = "plain" }: {
  label: string; icon: ReactNode; children: (close: () => void) => ReactNode; open: boolean; setOpen: (open: boolean) => void; look?: ButtonProps["look"];
}) {
  const ref = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    (list.current?.querySelector("[role=menuitem]") as HTMLElement | null)?.focus();
    const outside = (event: PointerEvent) => { if (!ref.current?.contains(event.target as Node)) setOpen(false); };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [open, setOpen]);
  const close = () => { setOpen(false); ref.current?.querySelector("button")?.focus(); };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape") { event.stopPropagation(); close(); }
    const items = [...(list.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to === undefined || !items.length) return;
    event.preventDefault();
    event.stopPropagation();
    items[(to + items.length) % items.length]?.focus();
  };
  return (
    <div className="menu" ref={ref} onKeyDown={open ? keys : undefined}>
      <Button look={look} aria-label={label} aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen(!open)}>{icon}<span className="label">{label}</span></Button>
      {open && <div className="menu-list" role="menu" aria-label={label} ref={list}>{children(close)}</div>}
    </div>
  );
}

export interface Tab { id: string; label: ReactNode; hidden?: boolean }

export function Tabs({ label, tabs, value, onChange, panel }: { label: string; tabs: Tab[]; value: string; onChange: (id: string) => void; panel: string }) {
  const ref = useRef<HTMLDivElement>(null);
  const keys = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.id === value);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = tabs[(to + tabs.length) % tabs.length] as Tab;
    onChange(next.id);
    (ref.current?.querySelector(`[data-tab="${next.id}"]`) as HTMLElement | null)?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={label} ref={ref} onKeyDown={keys}>
      {tabs.map((tab) => (
        <button key={tab.id} type="button" role="tab" data-tab={tab.id} id={`tab-${tab.id}`} aria-selected={tab.id === value} aria-controls={panel}
          tabIndex={tab.id === value ? 0 : -1} onClick={() => onChange(tab.id)}>{tab.label}</button>
      ))}
    </div>
  );
}

export function Segmented({ label, value, options, onChange }: {
  label: string; value: string; options: { id: string; label: string; hint?: string }[]; onChange: (id: string) => void;
}) {
  const name = useId();
  return (
    <div className="segmented" role="radiogroup" aria-label={label}>
      {options.map((option) => (
        <label key={option.id} title={option.hint} className={option.id === value ? "chosen" : ""}>
          <input type="radio" name={name} value={option.id} checked={option.id === value} onChange={() => onChange(option.id)} />
          {option.label}
        </label>
      ))}
    </div>
  );
}

export function CopyButton({ text, label }: { text: () => string | Promise<string>; label?: string }) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(await text());
      setSaid(t.tabs.copied);
    } catch {
      setSaid(t.tabs.copyFailed);
    }
    setTimeout(() => setSaid(""), 1600);
  };
  return <Button look="quiet" small onClick={copy}>{said === t.tabs.copied ? <Check /> : <Copy />}<span aria-live="polite">{said || label || t.tabs.copy}</span></Button>;
}

export function Bar({ done, label, busy }: { done: number; label: string; busy?: boolean }) {
  return (
    <div className={busy ? "bar busy" : "bar"} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100}
      aria-valuenow={busy ? undefined : Math.round(done * 100)}>
      <div style={{ width: `${busy ? 30 : done * 100}%` }} />
    </div>
  );
}

export function EmptyState({ icon, title, children, action }: { icon: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) {
  return <div className="empty"><div className="empty-icon">{icon}</div><h2>{title}</h2>{children && <p>{children}</p>}{action}</div>;
}

export function StateDot({ state }: { state: string }) {
  return <span className={`state ${state}`}><i />{t.states[state] ?? state}</span>;
}
