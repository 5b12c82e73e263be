// Everything about a call that is neither its inputs nor its output.
import type {ComponentChildren} from 'preact';

import type {Call, Cost, Usage} from '../base/api';
import {cost, count, duration} from '../base/format';
import {Slice} from '../base/json_text';
import {callPath, parseRef, refPath, viewPath} from '../base/refs';
import {StatusIcon} from '../base/ui';
import type {Node} from '../trace/model';
import {JsonTree} from './json_tree';

const CHILDREN = 30;

function Fact({name, children}: {name: string, children: ComponentChildren}) {
  return <div class="fact"><dt>{name}</dt><dd>{children}</dd></div>;
}

function UsageTable({usage, costs}:
    {usage: Record<string, Usage>, costs: Record<string, Cost>}) {
  return (
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col" class="number">Requests</th>
          <th scope="col" class="number">In</th>
          <th scope="col" class="number">Out</th>
          <th scope="col" class="number">Total</th>
          <th scope="col" class="number">Cost</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(usage).map(([model, row]) => {
          const into = (row?.prompt_tokens ?? 0) + (row?.input_tokens ?? 0);
          const out = (row?.completion_tokens ?? 0) +
              (row?.output_tokens ?? 0);
          const price = costs[model];
          return (
            <tr key={model}>
              <th scope="row">{model}</th>
              <td class="number">{count(row?.requests)}</td>
              <td class="number">{count(into)}</td>
              <td class="number">{count(out)}</td>
              <td class="number">{count(row?.total_tokens || into + out)}</td>
              <td class="number">
                {price && cost((price.prompt_tokens_total_cost ?? 0) +
                  (price.completion_tokens_total_cost ?? 0))}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function Details({call, node, attributes, summary}: {
  call: Call,
  node: Node,
  attributes: Slice | undefined,
  summary: Slice | undefined,
}) {
  const {project_id: projectId} = call;
  const op = parseRef(call.op_name);
  const usage = call.summary?.usage;
  return (
    <section class="details">
      <dl class="fact-list">
        <Fact name="Call">{call.id}</Fact>
        <Fact name="Trace">
          <a href={viewPath(projectId, 'trace', call.trace_id)}>
            {call.trace_id}
          </a>
        </Fact>
        {node.parent &&
          <Fact name="Parent">
            <a href={callPath(projectId, node.parent.call.id)}>
              {node.parent.name}
            </a>
          </Fact>}
        {node.children.length > 0 &&
          <Fact name="Children">
            <ul class="children">
              {node.children.slice(0, CHILDREN).map(child => (
                <li key={child.call.id}>
                  <StatusIcon status={child.status} />
                  <a href={callPath(projectId, child.call.id)}>{child.name}</a>
                  <span class="muted">
                    {child.call.ended_at &&
                      duration((child.endUs - child.startUs) / 1000)}
                  </span>
                </li>
              ))}
            </ul>
            {node.children.length > CHILDREN &&
              <span class="muted">
                and {count(node.children.length - CHILDREN)} more
              </span>}
          </Fact>}
        {call.thread_id &&
          <Fact name="Thread">
            <a href={viewPath(projectId, 'thread', call.thread_id)}>
              {call.thread_id}
            </a>
          </Fact>}
        {call.turn_id && <Fact name="Turn">{call.turn_id}</Fact>}
        <Fact name="Op">
          {op ? <a href={refPath(op)!}>{call.op_name}</a> : call.op_name}
        </Fact>
        <Fact name="Started">{call.started_at}</Fact>
        <Fact name="Ended">{call.ended_at ?? 'not yet'}</Fact>
        <Fact name="Own time">{duration(node.selfUs / 1000)}</Fact>
        {call.wb_user_id && <Fact name="User">{call.wb_user_id}</Fact>}
      </dl>
      {usage && Object.keys(usage).length > 0 && <>
        <h3>Usage</h3>
        <UsageTable usage={usage} costs={call.summary?.weave?.costs ?? {}} />
      </>}
      {attributes && <>
        <h3>Attributes</h3>
        <JsonTree slice={attributes} projectId={projectId}
          label="Attributes" />
      </>}
      {summary && <>
        <h3>Summary</h3>
        <JsonTree slice={summary} projectId={projectId} label="Summary" />
      </>}
    </section>
  );
}
