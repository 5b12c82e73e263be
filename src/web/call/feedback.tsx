// Notes, reactions and scores on a call.
import {useState} from 'preact/hooks';

import {Feedback, postJson} from '../base/api';
import {when} from '../base/format';
import type {Loaded} from '../base/hooks';
import {callRef} from '../base/refs';
import {ErrorNote} from '../base/ui';

// The usual two; others come from SDKs.
const THUMBS: [string, string, string][] = [
  ['👍', 'Good', 'M5 7l3-5c1 0 1.6.7 1.4 1.7L9 6h3.6c.8 0 1.2.6 1.1 1.3l-.9 5c-.1.6-.5 1-1.1 1H5zM2.5 7H5v6.3H2.5z'],
  ['👎', 'Bad', 'M11 9l-3 5c-1 0-1.6-.7-1.4-1.7L7 10H3.400c-.8 0-1.2-.6-1.1-1.300l.9-5c.1-.6.5-1 1.100-1H11zM13.500 9H11V2.700h2.500z'],
];

function Item({row}: {row: Feedback}) {
  const {payload, feedback_type: type} = row;
  let what;
  if (type === 'wandb.note.1') {
    what = <span class="note-text">{String(payload.note)}</span>;
  } else if (type === 'wandb.reaction.1') {
    what = (
      <>
        <span class="reaction">{String(payload.emoji)}</span>{' '}
        <span class="muted">{String(payload.alias ?? '')}</span>
      </>
    );
  } else {
    const value = 'output' in payload ? payload.output :
        'value' in payload ? payload.value : payload;
    what = (
      <>
        <span class="feedback-type">
          {type.replace(/^wandb\.(runnable|annotation)\./, '')}
        </span>
        <code class="feedback-value">
          {typeof value === 'string'
            ? value.slice(0, 2000) : JSON.stringify(value).slice(0, 2000)}
        </code>
      </>
    );
  }
  return (
    <li class="feedback-item">
      <div>{what}</div>
      <div class="muted">
        {row.creator ? `${row.creator}, ` : ''}{when(row.created_at)}
      </div>
    </li>
  );
}

export function FeedbackList({projectId, id, feedback}: {
  projectId: string,
  id: string,
  feedback: Loaded<Feedback[]>,
}) {
  const [note, setNote] = useState('');
  const [error, setError] = useState<Error>();
  const [busy, setBusy] = useState(false);
  const add = async (type: string, payload: object) => {
    setBusy(true);
    try {
      await postJson('/feedback/create', {
        project_id: projectId,
        weave_ref: callRef(projectId, id),
        feedback_type: type,
        payload,
      });
      setError(undefined);
      setNote('');
      feedback.reload();
    } catch (reason) {
      setError(reason as Error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="feedback">
      <form class="feedback-form" onSubmit={event => {
        event.preventDefault();
        if (note.trim()) void add('wandb.note.1', {note: note.trim()});
      }}>
        <label class="hidden" for="note">Note</label>
        <textarea id="note" value={note} maxLength={1024} rows={2}
          placeholder="Add a note"
          onInput={event => setNote(event.currentTarget.value)}
          onKeyDown={event => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
              event.currentTarget.form?.requestSubmit();
            }
          }} />
        <div class="feedback-buttons">
          <button type="submit" disabled={busy || !note.trim()}>
            Add note
          </button>
          {THUMBS.map(([emoji, label, shape]) => (
            <button key={label} type="button" class="icon-button" title={label}
              aria-label={`React: ${label}`} disabled={busy}
              onClick={() => void add('wandb.reaction.1', {emoji})}>
              <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d={shape} />
              </svg>
            </button>
          ))}
        </div>
      </form>
      {error && <ErrorNote error={error} />}
      {feedback.error && <ErrorNote error={feedback.error} />}
      <ul class="feedback-list">
        {feedback.data?.map(row => <Item key={row.id} row={row} />)}
      </ul>
      {feedback.data?.length === 0 &&
        <p class="muted">Nobody has said anything yet.</p>}
    </section>
  );
}
