// Small parts that all views are made of.
import type {ComponentChildren, JSX} from 'preact';
import {useEffect, useRef, useState} from 'preact/hooks';

import type {Status} from './api';

export const STATUS_LABEL: Record<Status, string> = {
  success: 'success',
  error: 'error',
  running: 'running',
  descendant_error: 'error below',
};

const STATUS_SHAPE: Record<Status, JSX.Element> = {
  success: <path d="M3.2 8.4l3 3 6.6-7" />,
  error: <path d="M4 4l8 8M12 4l-8 8" />,
  running: <circle cx="8" cy="8" r="4.6" />,
  descendant_error: <path d="M8 3v6.4M8 12.4v.6" />,
};

export function StatusIcon({status, label = true}:
    {status: Status, label?: boolean}) {
  return (
    <svg class={`status status-${status}`} viewBox="0 0 16 16" role="img"
      aria-label={label ? STATUS_LABEL[status] : undefined}
      aria-hidden={!label}>
      {label && <title>{STATUS_LABEL[status]}</title>}
      {STATUS_SHAPE[status]}
    </svg>
  );
}

export function ErrorNote({error, retry}:
    {error: Error, retry?: () => void}) {
  return (
    <div class="error-note" role="alert">
      <span>{error.message}</span>
      {retry && <button onClick={retry}>Try again</button>}
    </div>
  );
}

export function Empty({title, children}:
    {title: string, children?: ComponentChildren}) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

// Shown only when it takes a while: what flashes up is worse than nothing.
export function Loading() {
  return <div class="loading" role="status">Loading…</div>;
}

export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Only pages from this machine or over https have a clipboard; with --host
  // there is the old way.
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

export function CopyButton({text, children, title}: {
  text: string | (() => string | Promise<string>),
  children: ComponentChildren,
  title?: string,
}) {
  const [done, setDone] = useState('');
  const timer = useRef<number>();
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    try {
      await copyText(typeof text === 'string' ? text : await text());
      setDone('Copied');
    } catch {
      setDone('Not copied');
    }
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setDone(''), 1500);
  };
  return (
    <button class="quiet" onClick={copy} title={title}>
      <span aria-live="polite">{done || children}</span>
    </button>
  );
}

// The page of a list of tabs; the arrow keys go along it.
export function Tabs<T extends string>({tabs, value, onChange, label}: {
  tabs: {id: T, label: ComponentChildren}[],
  value: T,
  onChange: (id: T) => void,
  label: string,
}) {
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 :
        event.key === 'ArrowLeft' ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const at = tabs.findIndex(tab => tab.id === value);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    onChange(next.id);
    (event.currentTarget as HTMLElement)
        .querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map(tab => (
        <button key={tab.id} role="tab" data-tab={tab.id}
          aria-selected={tab.id === value}
          tabIndex={tab.id === value ? 0 : -1}
          onClick={() => onChange(tab.id)}>
          {tab.label}
        </button>
      ))}
    </div>
  );
}

// An input that reports what was typed when the typing pauses, and at once on
// Enter.
export function TextField({value, onChange, id, class: name, ...more}: {
  value: string,
  onChange: (value: string) => void,
  id?: string,
  class?: string,
  placeholder?: string,
  list?: string,
  type?: string,
  spellcheck?: boolean,
  onFocus?: () => void,
  'aria-label'?: string,
  'aria-invalid'?: boolean,
}) {
  const [text, setText] = useState(value);
  const timer = useRef<number>();
  const sent = useRef(value);
  if (value !== sent.current) {  // changed elsewhere
    sent.current = value;
    if (text !== value) setText(value);
  }
  const send = (next: string) => {
    clearTimeout(timer.current);
    if (next === sent.current) return;
    sent.current = next;
    onChange(next);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <input id={id} class={name} value={text} autocomplete="off" {...more}
      onInput={event => {
        const next = event.currentTarget.value;
        setText(next);
        clearTimeout(timer.current);
        timer.current = window.setTimeout(() => send(next), 350);
      }}
      onKeyDown={event => {
        if (event.key === 'Enter') send(event.currentTarget.value);
        if (event.key === 'Escape') event.currentTarget.blur();
      }}
      onBlur={event => send(event.currentTarget.value)} />
  );
}
