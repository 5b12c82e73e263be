// Conversations: the threads of a project, and the turns of one.
import {equals, postLines, queryCalls} from '../base/api';
import {count, duration, plural, exceptionReason, when} from '../base/format';
import {useLoaded, useTitle} from '../base/hooks';
import {useChanges} from '../base/live';
import {callPath, viewPath} from '../base/refs';
import {Empty, ErrorNote, Loading, StatusIcon} from '../base/ui';
import {Chat} from '../call/chat';
import {JsonTree} from '../call/json_tree';
import {conversationOf} from '../call/messages';
import {whole} from '../base/json_text';
import type {ViewProps} from '../main';
import {nameOf} from '../trace/model';

interface Thread {
  thread_id: string;
  turn_count: number;
  start_time: string;
  last_updated: string;
  p50_turn_duration_ms: number | null;
  p99_turn_duration_ms: number | null;
}

const LIMIT = 500;
const TURNS = 200;

function ThreadList({projectId}: {projectId: string}) {
  useTitle('Threads');
  const threads = useLoaded(`threads ${projectId}`, signal =>
    postLines<Thread>('/threads/stream_query',
                      {project_id: projectId, limit: LIMIT}, signal));
  useChanges(projectId, [threads]);
  if (threads.error) {
    return <ErrorNote error={threads.error} retry={threads.reload} />;
  }
  if (!threads.data) return <Loading />;
  if (threads.data.length === 0) {
    return (
      <Empty title={`There are no threads in ${projectId} yet.`}>
        <p>Calls that name a thread (weave.thread in the SDK) appear here
          as conversations.</p>
      </Empty>
    );
  }
  return (
    <div class="page">
      <h1>Threads</h1>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Thread</th>
            <th scope="col" class="number">Turns</th>
            <th scope="col" class="number">Turn, median</th>
            <th scope="col" class="number">p99</th>
            <th scope="col">Started</th>
            <th scope="col">Last turn</th>
          </tr>
        </thead>
        <tbody>
          {threads.data.map(row => (
            <tr key={row.thread_id}>
              <th scope="row">
                <a class="cut-name"
                  href={viewPath(projectId, 'thread', row.thread_id)}>
                  {row.thread_id}
                </a>
              </th>
              <td class="number">{count(row.turn_count)}</td>
              <td class="number">{duration(row.p50_turn_duration_ms)}</td>
              <td class="number">{duration(row.p99_turn_duration_ms)}</td>
              <td>{when(row.start_time)}</td>
              <td>{when(row.last_updated)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// A value in a turn: text as text, anything else as a tree.
function TurnValue({value, projectId, label}:
    {value: unknown, projectId: string, label: string}) {
  if (typeof value === 'string') {
    return <Chat label={label}
      messages={[{role: label, parts: [{kind: 'text', text: value}]}]} />;
  }
  return (
    <div class="turn-value">
      <div class="chat-role">{label}</div>
      <JsonTree slice={whole(JSON.stringify(value))} projectId={projectId}
        label={label} />
    </div>
  );
}

function ThreadPage({projectId, id}: {projectId: string, id: string}) {
  useTitle(id);
  const turns = useLoaded(`thread ${projectId} ${id}`, async signal => {
    const calls = await queryCalls(projectId, {
      filter: {thread_ids: [id]},
      query: {$expr: {$eq: [{$getField: 'id'}, {$getField: 'turn_id'}]}},
      limit: TURNS,
    }, ['inputs', 'output', 'summary', 'exception', 'display_name',
        'ended_at'], signal);
    if (calls.length) return calls;
    // Calls may name a thread without being turns of it.
    return queryCalls(projectId, {
      filter: {trace_roots_only: true},
      query: equals('thread_id', id),
      limit: TURNS,
    }, ['inputs', 'output', 'summary', 'exception', 'display_name',
        'ended_at'], signal);
  });
  useChanges(projectId, [turns]);
  return (
    <div class="page thread-page">
      <div class="page-head">
        <a class="back" href={viewPath(projectId, 'threads')}>Threads</a>
        <h1>{id}</h1>
        {turns.data && <span class="muted">
          {plural(turns.data.length, 'turn')}
        </span>}
      </div>
      {turns.error && <ErrorNote error={turns.error} retry={turns.reload} />}
      {!turns.data && !turns.error && <Loading />}
      {turns.data?.length === 0 && <Empty title="No turn of this thread." />}
      <ol class="turns">
        {turns.data?.map(call => {
          const chat = conversationOf(call.inputs, call.output);
          const inputs = Object.values(call.inputs);
          return (
            <li key={call.id} class="turn">
              <div class="turn-head">
                <StatusIcon status={call.summary?.weave?.status ?? 'running'} />
                <a href={callPath(projectId, call.id)}>{nameOf(call)}</a>
                <span class="muted">
                  {when(call.started_at)}
                  {call.ended_at &&
                    `, ${duration(call.summary?.weave?.latency_ms)}`}
                </span>
              </div>
              {chat
                ? <Chat messages={[...chat.asked, ...chat.answered]}
                  label="Messages" />
                : <>
                  <TurnValue label="in" projectId={projectId}
                    value={inputs.length === 1 ? inputs[0] : call.inputs} />
                  {call.ended_at && !call.exception &&
                    <TurnValue label="out" projectId={projectId}
                      value={call.output} />}
                </>}
              {call.exception &&
                <p class="row-error">{exceptionReason(call.exception)}</p>}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

export function View({projectId, id}: ViewProps) {
  return id
      ? <ThreadPage projectId={projectId} id={id} />
      : <ThreadList projectId={projectId} />;
}
