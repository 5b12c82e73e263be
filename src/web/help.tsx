// What the keys do.
import {useEffect, useRef} from 'preact/hooks';

const KEYS: [string, [string, string][]][] = [
  ['Everywhere', [
    ['?', 'this list'],
    ['Esc', 'leave a field, close, go back'],
  ]],
  ['Traces', [
    ['/', 'search'],
    ['j  k', 'next, previous'],
    ['g  G', 'first, last'],
    ['Enter', 'open'],
    ['x', 'choose for a comparison of two'],
  ]],
  ['A trace', [
    ['j  k', 'next, previous call'],
    ['h  l', 'fold, unfold'],
    ['e  E', 'next, previous error'],
    ['s', 'next of the slowest calls'],
    ['p', 'parent'],
    ['/', 'find a call'],
  ]],
];

export function Help({open, onClose}: {open: boolean, onClose: () => void}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} class="help" aria-label="Keys" onClose={onClose}
      onClick={event => {
        if (event.target === dialog.current) onClose();
      }}>
      <div class="help-body">
        <h2>Keys</h2>
        {KEYS.map(([title, rows]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {rows.map(([keys, what]) => (
                <div key={keys}>
                  <dt>{keys.split('  ').map(key => <kbd key={key}>{key}</kbd>)}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <button onClick={onClose}>Close</button>
      </div>
    </dialog>
  );
}
