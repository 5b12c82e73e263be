// The chosen call of a trace: everything that is known about it.
import type {ComponentChildren} from 'preact';
import {useMemo, useRef, useState} from 'preact/hooks';

import {Call, equals, Feedback, postJson, postText, totalCost}
  from '../base/api';
import {bytes, cost, count, duration, exceptionReason, visible, when}
  from '../base/format';
import {useLater, useLoaded} from '../base/hooks';
import {member, pretty, Slice, textOf, valueOf, whole} from '../base/json_text';
import {callRef, parseRef} from '../base/refs';
import {go, Place, withParams} from '../base/router';
import {CopyButton, Empty, ErrorNote, Loading, StatusIcon, Tabs}
  from '../base/ui';
import type {Node} from '../trace/model';
import {Chat} from './chat';
import {OpCode} from './code';
import {Details} from './details';
import {FeedbackList} from './feedback';
import {JsonTree, LongText} from './json_tree';
import {conversationOf} from './messages';

// Larger values are not searched for a conversation.
const MAX_CHAT = 2_000_000;

type Tab = 'data' | 'chat' | 'code' | 'feedback' | 'details';

interface LoadedCall {
  call: Call;  // without its large fields
  inputs: Slice;
  output: Slice;
  attributes: Slice | undefined;
  summary: Slice | undefined;
  text: Slice;
}

const LARGE = ['inputs', 'output', 'attributes'];

// What was loaded `before` is given back if nothing of it has changed.
async function loadCall(projectId: string, id: string,
                        before: LoadedCall | null, signal: AbortSignal)
    : Promise<LoadedCall | null> {
  const answer = await postText(
      '/call/read', {project_id: projectId, id, include_costs: true}, signal);
  if (answer === before?.text.text) return before;
  const body = whole(answer);
  const text = member(body, 'call');
  if (!text || textOf(text) === 'null') return null;
  const call: Record<string, unknown> = {};
  for (const key of ['id', 'project_id', 'op_name', 'display_name', 'trace_id',
                     'parent_id', 'thread_id', 'turn_id', 'started_at',
                     'ended_at', 'exception', 'summary', 'wb_user_id']) {
    const value = member(text, key);
    call[key] = value ? valueOf(value) : null;
  }
  const nothing = whole('null');
  const [inputs, output, attributes] =
      LARGE.map(key => member(text, key) ?? nothing);
  return {
    call: call as unknown as Call,
    inputs,
    output,
    attributes,
    summary: member(text, 'summary'),
    text,
  };
}

// A value as a tree or as the text that it is.
function Value({title, slice, projectId}:
    {title: string, slice: Slice, projectId: string}) {
  const [raw, setRaw] = useState(false);
  const size = slice.end - slice.start;
  return (
    <section class="value" aria-label={title}>
      <div class="section-bar">
        <h3>{title}</h3>
        {size > 1000 && <span class="muted">{bytes(size)}</span>}
        <span class="grow" />
        <button class="quiet" aria-pressed={raw} onClick={() => setRaw(!raw)}>
          {raw ? 'Tree' : 'Raw'}
        </button>
        <CopyButton text={() => textOf(slice)}>Copy</CopyButton>
      </div>
      {raw
        ? <pre class="code raw" tabIndex={0}>
          <LongText text={size > 300_000 ? textOf(slice) : pretty(slice)} />
        </pre>
        : <JsonTree slice={slice} projectId={projectId} label={title} />}
    </section>
  );
}

function Exception({text}: {text: string}) {
  const reason = exceptionReason(text);
  return (
    <section class="exception" aria-label="Exception">
      <div class="section-bar">
        <h3>{reason.slice(0, 500)}</h3>
        <span class="grow" />
        <CopyButton text={text}>Copy</CopyButton>
      </div>
      {(visible(text.trim()) !== reason || reason.length > 500) &&
        <pre class="code stack" tabIndex={0}><LongText text={text} /></pre>}
    </section>
  );
}

function quoted(text: string): string {
  return `'${text.replaceAll('\'', `'\\''`)}'`;
}

function curlOf(call: Call): string {
  const body = JSON.stringify({project_id: call.project_id, id: call.id});
  return `curl ${location.origin}/call/read ` +
      `-H 'Content-Type: application/json' -d ${quoted(body)}`;
}

function Head({loaded, node}: {loaded: LoadedCall, node: Node}) {
  const {call} = loaded;
  const price = totalCost(call.summary?.weave?.costs);
  const facts: [string, ComponentChildren][] = [
    ['Latency', call.ended_at
      ? duration((node.endUs - node.startUs) / 1000) : 'running'],
    ['Tokens', count(node.tokens)],
    ['Cost', cost(price)],
    ['Started', <span title={call.started_at}>{when(call.started_at)}</span>],
  ];
  return (
    <header class="panel-head">
      <div class="panel-title">
        <StatusIcon status={node.status} />
        <h2 title={node.name}>{node.name}</h2>
      </div>
      <dl class="facts">
        {facts.filter(([, value]) => value !== '').map(([name, value]) => (
          <div key={name}><dt>{name}</dt><dd>{value}</dd></div>
        ))}
      </dl>
      <div class="panel-actions">
        <CopyButton text={() => location.href}>Copy link</CopyButton>
        <CopyButton text={() => curlOf(call)}>Copy curl</CopyButton>
        <CopyButton text={() => textOf(loaded.text)}>Copy JSON</CopyButton>
        <CopyButton text={callRef(call.project_id, call.id)}>
          Copy ref
        </CopyButton>
      </div>
    </header>
  );
}

function PanelBody({loaded, node, changes, projectId, place}: {
  loaded: LoadedCall,
  node: Node,
  changes: number,
  projectId: string,
  place: Place,
}) {
  const {call, inputs, output} = loaded;
  const chat = useMemo(() => {
    const size = inputs.end - inputs.start + output.end - output.start;
    return size > MAX_CHAT
        ? null : conversationOf(valueOf(inputs), valueOf(output));
  }, [loaded]);
  const op = parseRef(call.op_name);
  const feedback = useLoaded(`feedback ${call.id}`, async signal => {
    const {result} = await postJson<{result: Feedback[]}>('/feedback/query', {
      project_id: projectId,
      query: equals('weave_ref', callRef(projectId, call.id)),
      sort_by: [{field: 'created_at', direction: 'desc'}],
    }, signal);
    return result;
  });
  useLater(changes, feedback.reload);
  const tabs: {id: Tab, label: ComponentChildren}[] = [
    ...(chat ? [{id: 'chat' as Tab, label: 'Chat'}] : []),
    {id: 'data', label: 'Data'},
    ...(op?.kind === 'op' ? [{id: 'code' as Tab, label: 'Code'}] : []),
    {
      id: 'feedback',
      label: feedback.data?.length
        ? `Feedback (${feedback.data.length})` : 'Feedback',
    },
    {id: 'details', label: 'Details'},
  ];
  const wanted = place.params.get('tab') as Tab | null;
  const tab = tabs.find(one => one.id === wanted)?.id ?? tabs[0].id;
  return (
    <>
      <Head loaded={loaded} node={node} />
      <Tabs tabs={tabs} value={tab} label="Parts of the call"
        onChange={id => go(withParams({tab: id}), true)} />
      <div class="panel-body" role="tabpanel" tabIndex={0}
        aria-label={String(tab)}>
        {(tab === 'chat' || tab === 'data') && call.exception &&
          <Exception text={call.exception} />}
        {tab === 'chat' && chat && <>
          <Chat messages={chat.asked} label="What was asked" />
          {chat.answered.length > 0
            ? <Chat messages={chat.answered} label="What was answered" />
            : !call.exception && call.ended_at &&
              <Value title="Output" slice={output} projectId={projectId} />}
        </>}
        {tab === 'data' && <>
          <Value title="Inputs" slice={inputs} projectId={projectId} />
          {call.ended_at
            ? <Value title="Output" slice={output} projectId={projectId} />
            : <p class="muted">No output yet: the call is running.</p>}
        </>}
        {tab === 'code' && op && <OpCode op={op} />}
        {tab === 'feedback' &&
          <FeedbackList projectId={projectId} id={call.id}
            feedback={feedback} />}
        {tab === 'details' &&
          <Details call={call} node={node} attributes={loaded.attributes}
            summary={loaded.summary} />}
      </div>
    </>
  );
}

// `changes`: another number whenever something in the project has changed.
export function CallPanel({projectId, id, node, changes, place}: {
  projectId: string,
  id: string,
  node: Node,
  changes: number,
  place: Place,
}) {
  const last = useRef<LoadedCall | null>(null);
  const loaded = useLoaded(`${projectId} ${id}`, async signal => {
    last.current = await loadCall(projectId, id, last.current, signal);
    return last.current;
  });
  useLater(changes, loaded.reload);
  return (
    <section class="panel" aria-label="Call">
      {loaded.error &&
        <ErrorNote error={loaded.error} retry={loaded.reload} />}
      {!loaded.error && loaded.data === undefined && <Loading />}
      {loaded.data === null && <Empty title="This call has been deleted." />}
      {loaded.data && <PanelBody loaded={loaded.data} node={node}
        changes={changes} projectId={projectId} place={place} />}
    </section>
  );
}
