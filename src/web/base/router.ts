// Where the page is: the address is the state, so that it can be copied,
// reloaded and gone back to.
import {useEffect, useState} from 'preact/hooks';

export interface Place {
  path: string;  // as in the address, still encoded
  segments: string[];  // decoded
  search: string;  // of the address, with its `?`
  params: URLSearchParams;
}

const listeners = new Set<() => void>();

function read(): Place {
  const segments = location.pathname.split('/').slice(1).map(segment => {
    try {
      return decodeURIComponent(segment);
    } catch {
      return segment;
    }
  });
  return {
    path: location.pathname,
    segments,
    search: location.search,
    params: new URLSearchParams(location.search),
  };
}

let place = read();

function changed() {
  if (place.path === '/') lastList = place.search;
  place = read();
  for (const listener of listeners) listener();
}

window.addEventListener('popstate', changed);

export function usePlace(): Place {
  const [, again] = useState(0);
  useEffect(() => {
    const listener = () => again(n => n + 1);
    listeners.add(listener);
    return () => { listeners.delete(listener); };
  }, []);
  return place;
}

export function currentPlace(): Place { return place; }

// Goes to an address of the page. `replace`: not worth a step back.
export function go(href: string, replace = false) {
  if (href === location.pathname + location.search) return;
  if (replace) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  changed();
}

let lastList: string | null = null;

// The list of traces from which people came, with its filters, if it shows
// the project; else all traces of the project.
export function listPath(projectId: string): string {
  const shown = new URLSearchParams(lastList ?? '').get('project');
  if (lastList !== null && (shown === null || shown === projectId)) {
    return `/${lastList}`;
  }
  return `/?project=${encodeURIComponent(projectId)}`;
}

// The current address with some parameters changed; null removes one.
export function withParams(changes: Record<string, string | null>): string {
  const params = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') params.delete(name);
    else params.set(name, value);
  }
  const text = params.toString();
  return location.pathname + (text ? `?${text}` : '');
}

// Links of our own do not load the page anew; those that are opened in a tab
// of their own do, as they should.
document.addEventListener('click', event => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey ||
      event.ctrlKey || event.shiftKey || event.altKey) {
    return;
  }
  const target = event.target as Element | null;
  const link = target?.closest?.('a[href]') as HTMLAnchorElement | null;
  if (!link || link.target || link.hasAttribute('download') ||
      link.origin !== location.origin) {
    return;
  }
  event.preventDefault();
  go(link.pathname + link.search);
});
