// The objects and ops of a project, their versions, and what changed between
// two of them.
import {useState} from 'preact/hooks';

import {Obj, postJson, postText} from '../base/api';
import {count, when} from '../base/format';
import {useLoaded, useTitle} from '../base/hooks';
import {member, members, pretty, Slice, textOf, whole} from '../base/json_text';
import {useChanges} from '../base/live';
import {viewPath} from '../base/refs';
import {go, Place, withParams} from '../base/router';
import {TextDiff} from '../base/text_diff';
import {CopyButton, Empty, ErrorNote, Loading, Tabs} from '../base/ui';
import {CodeText, opSource} from '../call/code';
import {JsonTree} from '../call/json_tree';
import type {ViewProps} from '../main';

type Kind = 'objects' | 'ops';

function classOf(obj: Obj): string {
  return obj.leaf_object_class ?? (obj.kind === 'op' ? 'Op' : '');
}

function ObjectList({projectId, place}: {projectId: string, place: Place}) {
  useTitle('Objects');
  const kind: Kind = place.params.get('kind') === 'ops' ? 'ops' : 'objects';
  const [text, setText] = useState('');
  const list = useLoaded(`objects ${projectId} ${kind}`, async signal => {
    const {objs} = await postJson<{objs: Obj[]}>('/objs/query', {
      project_id: projectId,
      filter: {latest_only: true, is_op: kind === 'ops'},
      sort_by: [{field: 'created_at', direction: 'desc'}],
      metadata_only: true,
    }, signal);
    return objs;
  });
  useChanges(projectId, [list]);
  const rows = list.data?.filter(obj =>
    obj.object_id.toLowerCase().includes(text.toLowerCase()));
  return (
    <div class="page">
      <div class="page-head">
        <h1>Objects</h1>
        <Tabs label="Kind" value={kind}
          tabs={[{id: 'objects', label: 'Objects'}, {id: 'ops', label: 'Ops'}]}
          onChange={id => go(withParams({kind: id === 'ops' ? id : null}))} />
        <span class="grow" />
        <input type="search" placeholder="Find" aria-label="Find by name"
          value={text} onInput={event => setText(event.currentTarget.value)}
          onKeyDown={event => {
            if (event.key === 'Escape') event.currentTarget.blur();
          }} />
      </div>
      {list.error && <ErrorNote error={list.error} retry={list.reload} />}
      {!list.data && !list.error && <Loading />}
      {rows?.length === 0 && <Empty title={text
        ? 'No name has this in it.'
        : `Nothing of this kind has been published in ${projectId} yet.`} />}
      {rows && rows.length > 0 && (
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Class</th>
              <th scope="col" class="number">Versions</th>
              <th scope="col">Changed</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(obj => (
              <tr key={obj.object_id}>
                <th scope="row">
                  <a class="cut-name"
                    href={viewPath(projectId, 'object', obj.object_id)}>
                    {obj.object_id}
                  </a>
                </th>
                <td class="muted">{classOf(obj)}</td>
                <td class="number">{count(obj.version_index + 1)}</td>
                <td>{when(obj.created_at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

interface Version {
  obj: Obj;  // without its value
  val: Slice;
  code: string | null;
}

async function loadVersion(projectId: string, id: string, digest: string,
                           signal: AbortSignal): Promise<Version> {
  const body = whole(await postText('/obj/read', {
    project_id: projectId, object_id: id, digest,
  }, signal));
  const obj = member(body, 'obj')!;
  const val = member(obj, 'val')!;
  const rest: Record<string, unknown> = {};
  for (const {key, value} of members(obj).rows) {
    if (key !== 'val') rest[key] = JSON.parse(textOf(value));
  }
  const size = val.end - val.start;
  const code = rest.kind === 'op' && size < 100_000
      ? await opSource(projectId, JSON.parse(textOf(val)), signal) : null;
  return {obj: rest as unknown as Obj, val, code};
}

function shownText(version: Version): string {
  return version.code ?? pretty(version.val, true);
}

function VersionDiff({projectId, id, from, to}:
    {projectId: string, id: string, from: string, to: string}) {
  const both = useLoaded(`${projectId} ${id} ${from} ${to}`, signal =>
    Promise.all([from, to].map(
        digest => loadVersion(projectId, id, digest, signal))));
  if (both.error) return <ErrorNote error={both.error} />;
  if (!both.data) return <Loading />;
  const [a, b] = both.data;
  return (
    <section>
      <div class="section-bar">
        <h2>v{a.obj.version_index} to v{b.obj.version_index}</h2>
      </div>
      <TextDiff a={shownText(a)} b={shownText(b)} label="Difference" />
    </section>
  );
}

function VersionView({projectId, id, digest}:
    {projectId: string, id: string, digest: string}) {
  const version = useLoaded(`${projectId} ${id} ${digest}`, signal =>
    loadVersion(projectId, id, digest, signal));
  if (version.error) return <ErrorNote error={version.error} />;
  if (!version.data) return <Loading />;
  const {obj, val, code} = version.data;
  const ref = `weave:///${projectId}/${obj.kind}/${id}:${obj.digest}`;
  return (
    <section>
      <div class="section-bar">
        <h2>v{obj.version_index}</h2>
        <span class="muted">{classOf(obj)} {when(obj.created_at)}</span>
        <span class="grow" />
        {obj.leaf_object_class === 'Dataset' &&
          <a href={`${viewPath(projectId, 'dataset', id)}` +
            `?v=${encodeURIComponent(obj.digest)}`}>Rows</a>}
        <CopyButton text={ref}>Copy ref</CopyButton>
        <CopyButton text={() => textOf(val)}>Copy JSON</CopyButton>
      </div>
      {code !== null && <CodeText text={code} />}
      <JsonTree slice={val} projectId={projectId} label="Value" />
    </section>
  );
}

function ObjectPage({projectId, id, place}:
    {projectId: string, id: string, place: Place}) {
  useTitle(id);
  const versions = useLoaded(`versions ${projectId} ${id}`, async signal => {
    const {objs} = await postJson<{objs: Obj[]}>('/objs/query', {
      project_id: projectId,
      filter: {object_ids: [id]},
      metadata_only: true,
    }, signal);
    return objs.sort((a, b) => b.version_index - a.version_index);
  });
  useChanges(projectId, [versions]);
  if (versions.error) {
    return <ErrorNote error={versions.error} retry={versions.reload} />;
  }
  if (!versions.data) return <Loading />;
  const list = versions.data;
  if (list.length === 0) {
    return <Empty title={`There is no object ${id} in ${projectId}.`} />;
  }
  const wanted = place.params.get('v');
  const current = list.find(obj =>
    obj.digest === wanted || `v${obj.version_index}` === wanted) ?? list[0];
  const against = list.find(obj => obj.digest === place.params.get('against'));
  return (
    <div class="page with-side">
      <div class="page-head">
        <a class="back" href={viewPath(projectId, 'objects') +
          (current.kind === 'op' ? '?kind=ops' : '')}>Objects</a>
        <h1>{id}</h1>
      </div>
      <nav class="side" aria-label="Versions">
        <ol>
          {list.map(obj => (
            <li key={obj.digest} class={obj === current ? 'current' : ''}>
              <a aria-current={obj === current ? 'true' : undefined}
                href={withParams({v: obj.digest, against: null})}>
                v{obj.version_index}
              </a>
              <span class="muted">{when(obj.created_at)}</span>
              <span class="grow" />
              {obj !== current &&
                <a href={withParams({
                  v: current.digest, against: obj.digest,
                })} aria-current={obj === against ? 'true' : undefined}
                aria-label={`Compare with v${obj.version_index}`}>
                  compare
                </a>}
            </li>
          ))}
        </ol>
      </nav>
      <div class="beside">
        {against
          ? <VersionDiff projectId={projectId} id={id}
            from={against.version_index < current.version_index
              ? against.digest : current.digest}
            to={against.version_index < current.version_index
              ? current.digest : against.digest} />
          : <VersionView projectId={projectId} id={id}
            digest={current.digest} />}
      </div>
    </div>
  );
}

export function View({projectId, id, place}: ViewProps) {
  return id
      ? <ObjectPage projectId={projectId} id={id} place={place} />
      : <ObjectList projectId={projectId} place={place} />;
}
