// Tells views that something has changed, as the server says so (server-sent
// events): no timer asks.
import {useEffect, useRef, useState} from 'preact/hooks';

// 'none': the view that is shown follows nothing.
export type LiveState = 'none' | 'off' | 'connecting' | 'on';

// Changes come in bursts; a view that is redrawn for each would do nothing
// else.
const QUIET_MS = 250;

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

// Calls `changed` after calls, objects or feedback of the project (of any, if
// null) have changed; `paceMs` after the last time at the earliest.
// Only while the page is seen: a browser allows few connections to a server,
// and the tabs in the background are not to use them up.
export function useChanges(projectId: string | null, changed: () => void,
                           paceMs = QUIET_MS) {
  const now = useRef(changed);
  now.current = changed;
  const pace = useRef(paceMs);
  pace.current = paceMs;
  useEffect(() => {
    const query = projectId === null
        ? '' : `?project_id=${encodeURIComponent(projectId)}`;
    let source: EventSource | undefined;
    let timer: number | undefined;
    let missed = false;  // there was a time without a connection
    let last = -Infinity;
    const soon = () => {
      timer ??= window.setTimeout(() => {
        timer = undefined;
        last = performance.now();
        now.current();
      }, Math.max(QUIET_MS, last + pace.current - performance.now()));
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
