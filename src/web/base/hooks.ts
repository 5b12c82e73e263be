// Loading, keys and sizes, for all views.
import type {RefObject} from 'preact';
import {useCallback, useEffect, useLayoutEffect, useRef, useState}
  from 'preact/hooks';

export interface Loaded<T> {
  data: T | undefined;  // the newest there is, also while more is loading
  error: Error | undefined;
  loading: boolean;
  reload: () => void;
  tookMs: {readonly current: number};  // to load it the last time
}

// What takes longer is taken for lost when it is asked for again.
const PATIENCE_MS = 20_000;

// Runs `load` now and whenever `key` changes or reload() is called. What was
// asked for another key is dropped; what was loaded for the same key (with
// `keep`: for any) stays until there is something newer. A null key loads
// nothing.
//
// A reload() while there is loading waits for its end, and then as long again:
// however often it is called, all that was loaded is seen, and half of the
// time is left for other things.
export function useLoaded<T>(key: string | null,
                             load: (signal: AbortSignal) => Promise<T>,
                             keep = false): Loaded<T> {
  const [state, setState] =
      useState<{key: string | null, data?: T, error?: Error}>({key: null});
  const [round, setRound] = useState(0);
  const [loading, setLoading] = useState(false);
  const busySince = useRef<number | null>(null);
  const again = useRef(false);
  const tookMs = useRef(0);
  // Asked for before the page is painted: the server works meanwhile.
  useLayoutEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    const start = performance.now();
    busySince.current = start;
    again.current = false;
    let timer: number | undefined;
    const finish = () => {
      setLoading(false);
      tookMs.current = performance.now() - start;
      if (again.current) {
        timer = window.setTimeout(() => setRound(n => n + 1), tookMs.current);
      } else {
        busySince.current = null;
      }
    };
    setLoading(true);
    load(abort.signal).then(
        data => {
          if (abort.signal.aborted) return;
          setState({key, data});
          finish();
        },
        (error: Error) => {
          if (abort.signal.aborted) return;
          setState(old => ({
            key,
            data: keep || old.key === key ? old.data : undefined,
            error,
          }));
          finish();
        });
    return () => {
      abort.abort();
      clearTimeout(timer);
      busySince.current = null;
    };
  }, [key, round]);
  const mine = state.key === key;
  return {
    data: mine || keep ? state.data : undefined,
    error: mine ? state.error : undefined,
    loading: loading || (key !== null && !mine),
    reload: useCallback(() => {
      const since = busySince.current;
      if (since !== null && performance.now() - since < PATIENCE_MS) {
        again.current = true;
      } else {
        setRound(n => n + 1);
      }
    }, []),
    tookMs,
  };
}

// Does something whenever the value is another than before.
export function useLater(value: unknown, action: () => void) {
  const last = useRef(value);
  useEffect(() => {
    if (last.current === value) return;
    last.current = value;
    action();
  }, [value]);
}

// The time in milliseconds; while `ticking` and the page is seen, each second
// anew.
export function useNow(ticking: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!ticking) return;
    const tick = () => { if (!document.hidden) setNow(Date.now()); };
    tick();
    const timer = setInterval(tick, 1000);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [ticking]);
  return now;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement &&
      (target.isContentEditable ||
       ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)) &&
      !(target instanceof HTMLInputElement && target.type === 'checkbox');
}

// `keys`: what to do on which key, unless somebody is typing or a dialog is
// open.
export function useKeys(keys: Record<string, (event: KeyboardEvent) => void>) {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey ||
          event.defaultPrevented || document.querySelector('dialog[open]')) {
        return;
      }
      if (isTyping(event.target)) {
        if (event.key === 'Escape') (event.target as HTMLElement).blur();
        return;
      }
      // A key that a button or a link takes is theirs.
      if (event.key === 'Enter' && event.target instanceof HTMLElement &&
          ['A', 'BUTTON', 'SUMMARY'].includes(event.target.tagName)) {
        return;
      }
      const action = now.current[event.key];
      if (!action) return;
      event.preventDefault();
      action(event);
    };
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);
}

// The size of the element, also when it changes.
export function useSize(ref: RefObject<HTMLElement>) {
  const [size, setSize] = useState({width: 0, height: 0});
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setSize(old => {
      const {clientWidth: width, clientHeight: height} = element;
      return old.width === width && old.height === height
          ? old : {width, height};
    });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return size;
}

export function useTitle(title: string) {
  useEffect(() => { document.title = `${title} · bobbin`; }, [title]);
}
