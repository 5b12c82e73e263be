// Tells views that calls have changed, as the server says so (server-sent
// events): no timer asks.
import {useEffect, useRef, useState} from 'preact/hooks';

export type LiveState = 'off' | 'connecting' | 'on';

// Changes come in bursts; a view that is redrawn for each would do nothing
// else.
const QUIET_MS = 250;

let state: LiveState = 'off';
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

// Calls `changed` after calls of the project (of any, if null) have changed.
export function useChanges(projectId: string | null, changed: () => void) {
  const now = useRef(changed);
  now.current = changed;
  useEffect(() => {
    const query = projectId === null
        ? '' : `?project_id=${encodeURIComponent(projectId)}`;
    const source = new EventSource(`/_bobbin/events${query}`);
    let timer: number | undefined;
    setState('connecting');
    source.onopen = () => setState('on');
    source.onerror = () =>
      setState(source.readyState === EventSource.CLOSED ? 'off' : 'connecting');
    source.addEventListener('change', () => {
      if (timer !== undefined) return;
      timer = window.setTimeout(() => {
        timer = undefined;
        now.current();
      }, QUIET_MS);
    });
    return () => {
      source.close();
      clearTimeout(timer);
      setState('off');
    };
  }, [projectId]);
}
