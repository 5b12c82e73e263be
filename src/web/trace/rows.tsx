// The tree and the waterfall of a trace: one row a call, both in it.
import type {RefObject} from 'preact';

import {axisDuration, count, duration} from '../base/format';
import {StatusIcon} from '../base/ui';
import {Indent, Indenting} from './indent';
import {axisTicks, Node, TraceModel} from './model';

export const ROW_HEIGHT = 26;

// `tree`: the head of the column of the tree. `endUs`: the end of the axis.
export function AxisHead({model, endUs, tree}: {
  model: TraceModel,
  endUs: number,
  tree: RefObject<HTMLDivElement>,
}) {
  const total = endUs - model.startUs;
  return (
    <div role="row" class="row head-row call-row">
      <div role="columnheader" class="c-tree" ref={tree}>Call</div>
      <div role="columnheader" class="c-tokens">Tokens</div>
      <div role="columnheader" class="c-bar axis" aria-label="Time">
        {axisTicks(total).filter(at => at < total * 0.9).map(at => (
          <span key={at} class="tick"
            style={{left: `${total > 0 ? 100 * at / total : 0}%`}}>
            {axisDuration(at / 1000)}
          </span>
        ))}
      </div>
    </div>
  );
}

function Bar({node, model, endUs}:
    {node: Node, model: TraceModel, endUs: number}) {
  const total = Math.max(1, endUs - model.startUs);
  const running = node.call.ended_at === null;
  const left = 100 * (node.startUs - model.startUs) / total;
  const width = 100 * ((running ? endUs : node.endUs) - node.startUs) / total;
  const label = running
      ? 'running' : duration((node.endUs - node.startUs) / 1000);
  // The label goes where there is room for it.
  const inside = width > 45;
  const before = !inside && left + width > 78;
  return (
    <>
      <span class={`bar-line bar-${node.status} ` +
        `${node.tokens !== null && node.children.length === 0 ? 'bar-llm' : ''}` +
        ` ${node.critical ? 'bar-critical' : ''}`}
        style={{left: `${left}%`, width: `${width}%`}} />
      <span class={`bar-label ${!inside ? '' :
        running ? 'bar-inside bar-plate' : 'bar-inside'}`}
        style={inside ? {right: `${Math.max(0, 100 - left - width)}%`}
          : before ? {right: `${100 - left}%`} : {left: `${left + width}%`}}>
        {label}
        {node.slow &&
          <span class="slow-mark" title="Among the calls that took the most time themselves">
            slow
          </span>}
      </span>
    </>
  );
}

export function CallRow({node, model, endUs, indent, index, selected, folded,
                         onSelect, onFold}: {
  node: Node,
  model: TraceModel,
  endUs: number,
  indent: Indenting,
  index: number,
  selected: boolean,
  folded: boolean,
  onSelect: () => void,
  onFold: () => void,
}) {
  const hasChildren = node.children.length > 0;
  return (
    <div role="row" id={`call-${node.call.id}`} aria-level={node.depth + 1}
      aria-rowindex={index + 2} aria-selected={selected}
      aria-expanded={hasChildren ? !folded : undefined}
      class={`row call-row ${selected ? 'selected' : ''}`}
      onClick={onSelect}>
      <div role="gridcell" class="c-tree">
        <Indent depth={node.depth} indent={indent} folded={folded} />
        {hasChildren
          ? <button class={`fold ${folded ? 'folded' : ''}`} tabIndex={-1}
            aria-label={folded ? 'Unfold' : 'Fold'}
            onClick={event => {
              event.stopPropagation();
              onFold();
            }}>
            <svg viewBox="0 0 8 8" aria-hidden="true">
              <path d="M1 2.5l3 3 3-3" />
            </svg>
          </button>
          : <span class="fold" />}
        <StatusIcon status={node.status} />
        <span class="call-name" title={node.name}>{node.name}</span>
        {folded && <span class="folded-count">{count(node.size - 1)}</span>}
      </div>
      <div role="gridcell" class="c-tokens">{count(node.tokens)}</div>
      <div role="gridcell" class="c-bar">
        <Bar node={node} model={model} endUs={endUs} />
      </div>
    </div>
  );
}
