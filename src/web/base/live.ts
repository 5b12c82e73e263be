// Tells views that something has changed, as the server says so (server-sent
// events): no timer asks.
import {useEffect, useRef, useState} from 'preact/hooks';

import type {Loaded} from './hooks';

// 'none': the view that is shown follows nothing.
export type LiveState = 'none' | 'off' | 'connecting' | 'on';

// Changes come in bursts; a view that is redrawn for each would do nothing
// else.
const QUIET_MS = 250;

// In a busy project there is always a change. Loads then take this part of the
// time at most, so that the server and the page are still free for others.
const SHARE = 1 / 5;

let state: LiveState = 'none';
const watchers = new Set<() => void>();

function setState(next: LiveState) {
  if (next === state) return;
  state = next;
  for (const watcher of watchers) watcher();
}

export function useLiveState(): LiveState {
  const [, again] = useState(0);
  useEffect(() => {
    const watcher = () => again(n => n + 1);
    watchers.add(watcher);
    return () => { watchers.delete(watcher); };
  }, []);
  return state;
}

// Loads again, and then calls `changed`, after calls, objects or feedback of
// the project (of any, if null) have changed; the more the loads take, the more
// seldom.
// Only while the page is seen: a browser allows few connections to a server,
// and the tabs in the background are not to use them up.
export function useChanges(projectId: string | null, loads: Loaded<unknown>[],
                           changed?: () => void) {
  const now = useRef({loads, changed});
  now.current = {loads, changed};
  useEffect(() => {
    const query = projectId === null
        ? '' : `?project_id=${encodeURIComponent(projectId)}`;
    let source: EventSource | undefined;
    let timer: number | undefined;
    let missed = false;  // there was a time without a connection
    let last = -Infinity;
    const next = () => {
      let took = 0;
      for (const {tookMs} of now.current.loads) took += tookMs.current;
      return Math.max(0, last + took / SHARE - performance.now());
    };
    const due = () => {
      // The last load may have ended only now, later than those before it.
      const waitMs = next();
      timer = waitMs > 0 ? window.setTimeout(due, waitMs) : undefined;
      if (timer !== undefined) return;
      last = performance.now();
      for (const {reload} of now.current.loads) reload();
      now.current.changed?.();
    };
    const soon = () => {
      timer ??= window.setTimeout(due, Math.max(QUIET_MS, next()));
    };
    const disconnect = () => {
      source?.close();
      source = undefined;
      clearTimeout(timer);
      timer = undefined;
    };
    const connect = () => {
      const opened = new EventSource(`/_bobbin/events${query}`);
      source = opened;
      setState('connecting');
      opened.onopen = () => {
        setState('on');
        if (missed) soon();
        missed = false;
      };
      opened.onerror = () => {
        missed = true;
        setState(opened.readyState === EventSource.CLOSED
            ? 'off' : 'connecting');
      };
      opened.addEventListener('change', soon);
    };
    const follow = () => {
      if (document.hidden) {
        missed = true;
        disconnect();
        setState('off');
      } else if (!source) {
        connect();
      }
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      disconnect();
      setState('none');
    };
  }, [projectId]);
}
