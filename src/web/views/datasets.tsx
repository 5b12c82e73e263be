// Datasets, and the rows of one as a table.
import {useEffect, useRef, useState} from 'preact/hooks';

import {Obj, postJson} from '../base/api';
import {count, when} from '../base/format';
import {useLoaded, useTitle} from '../base/hooks';
import {whole} from '../base/json_text';
import {useChanges} from '../base/live';
import {parseRef, viewPath} from '../base/refs';
import {Place} from '../base/router';
import {Empty, ErrorNote, Loading} from '../base/ui';
import {JsonTree} from '../call/json_tree';
import type {ViewProps} from '../main';

const PAGE = 100;
const MAX_COLUMNS = 30;
const CELL = 300;  // characters of a value in the table

interface TableRow { digest: string; val: unknown; original_index: number; }

function DatasetList({projectId}: {projectId: string}) {
  useTitle('Datasets');
  const list = useLoaded(`datasets ${projectId}`, async signal => {
    const {objs} = await postJson<{objs: Obj[]}>('/objs/query', {
      project_id: projectId,
      filter: {base_object_classes: ['Dataset'], latest_only: true},
      sort_by: [{field: 'created_at', direction: 'desc'}],
    }, signal);
    return objs;
  });
  useChanges(projectId, [list]);
  if (list.error) return <ErrorNote error={list.error} retry={list.reload} />;
  if (!list.data) return <Loading />;
  if (list.data.length === 0) {
    return <Empty
      title={`No dataset has been published in ${projectId} yet.`} />;
  }
  return (
    <div class="page">
      <h1>Datasets</h1>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Description</th>
            <th scope="col" class="number">Versions</th>
            <th scope="col">Changed</th>
          </tr>
        </thead>
        <tbody>
          {list.data.map(obj => {
            const val = obj.val as {description?: unknown} | null;
            return (
              <tr key={obj.object_id}>
                <th scope="row">
                  <a class="cut-name"
                    href={viewPath(projectId, 'dataset', obj.object_id)}>
                    {obj.object_id}
                  </a>
                </th>
                <td class="muted">{typeof val?.description === 'string' &&
                  val.description.slice(0, 200)}</td>
                <td class="number">{count(obj.version_index + 1)}</td>
                <td>{when(obj.created_at)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

interface Column {
  key: string;
  class: string;
}

// Longer texts are broken into lines, but not into a column of words.
const LONG = 24;
const VERY_LONG = 150;

function columnsOf(list: TableRow[]): Column[] {
  const found = new Map<string, {numbers: boolean, longest: number}>();
  for (const {val} of list) {
    if (typeof val !== 'object' || val === null) continue;
    for (const [key, value] of Object.entries(val)) {
      let column = found.get(key);
      if (!column) {
        if (found.size === MAX_COLUMNS) continue;
        found.set(key, column = {numbers: true, longest: 0});
      }
      column.numbers &&= typeof value === 'number' || value === null;
      column.longest = Math.max(column.longest, cellText(value).length);
    }
  }
  return [...found].map(([key, {numbers, longest}]) => ({
    key,
    class: numbers ? 'number' : longest > VERY_LONG ? 'very-long'
      : longest > LONG ? 'long' : '',
  }));
}

function cellText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > CELL ? `${text.slice(0, CELL)}…` : text;
}

function RowsTable({projectId, digest}:
    {projectId: string, digest: string}) {
  const [limit, setLimit] = useState(PAGE);
  const [open, setOpen] = useState<TableRow | null>(null);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
  }, [open]);
  const rows = useLoaded(`${projectId} ${digest} ${limit}`, async signal => {
    const [{rows: list}, {count: total}] = await Promise.all([
      postJson<{rows: TableRow[]}>(
          '/table/query', {project_id: projectId, digest, limit}, signal),
      postJson<{count: number}>(
          '/table/query_stats', {project_id: projectId, digest}, signal),
    ]);
    return {list, total};
  }, true);
  if (rows.error) return <ErrorNote error={rows.error} retry={rows.reload} />;
  if (!rows.data) return <Loading />;
  const {list, total} = rows.data;
  if (total === 0) return <Empty title="This dataset has no rows." />;
  const columns = columnsOf(list);
  return (
    <>
      <div class="table-scroll" tabIndex={0} role="region" aria-label="Rows">
        <table class="grid">
          <thead>
            <tr>
              <th scope="col" class="number">#</th>
              {columns.map(({key, class: name}) =>
                <th key={key} scope="col" class={name}>{key}</th>)}
            </tr>
          </thead>
          <tbody>
            {list.map((row, i) => (
              <tr key={i}>
                <th scope="row" class="number">
                  <button class="more" aria-label={`Row ${i + 1}`}
                    onClick={() => setOpen(row)}>{i + 1}</button>
                </th>
                {columns.map(({key, class: name}) => {
                  const value = (row.val as Record<string, unknown>)[key];
                  return (
                    <td key={key} class={name}>
                      {value === undefined ? '' : cellText(value)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="bar">
        {count(list.length)} of {count(total)} rows
        {list.length < total &&
          <button class="more" onClick={() => setLimit(limit * 4)}>
            Show more
          </button>}
      </div>
      <dialog ref={dialog} class="row-dialog" aria-label="Row"
        onClose={() => setOpen(null)}
        onClick={event => {
          if (event.target === dialog.current) dialog.current?.close();
        }}>
        {open && <div class="dialog-body">
          <div class="section-bar">
            <h2>Row {open.original_index + 1}</h2>
            <span class="grow" />
            <button onClick={() => dialog.current?.close()}>Close</button>
          </div>
          <JsonTree slice={whole(JSON.stringify(open.val))}
            projectId={projectId} label="Row" />
        </div>}
      </dialog>
    </>
  );
}

function DatasetPage({projectId, id, place}:
    {projectId: string, id: string, place: Place}) {
  useTitle(id);
  const isTable = place.params.get('table') !== null;
  const version = place.params.get('v') ?? 'latest';
  const dataset = useLoaded(
      isTable ? null : `dataset ${projectId} ${id} ${version}`,
      async signal => {
        const {obj} = await postJson<{obj: Obj}>('/obj/read', {
          project_id: projectId, object_id: id, digest: version,
        }, signal);
        return obj;
      });
  useChanges(projectId, [dataset]);
  const val = dataset.data?.val as {rows?: unknown, description?: unknown};
  const ref = typeof val?.rows === 'string' ? parseRef(val.rows) : null;
  return (
    <div class="view">
      <div class="page-head page-bar">
        <a class="back" href={viewPath(projectId, 'datasets')}>Datasets</a>
        <h1>{isTable ? `Table ${id.slice(0, 12)}` : id}</h1>
        {dataset.data && <a
          href={`${viewPath(projectId, 'object', id)}?v=${version}`}>
          v{dataset.data.version_index}, all versions
        </a>}
        {typeof val?.description === 'string' &&
          <span class="muted">{val.description.slice(0, 300)}</span>}
      </div>
      {isTable && <RowsTable projectId={projectId} digest={id} />}
      {dataset.error && <ErrorNote error={dataset.error} />}
      {!isTable && !dataset.data && !dataset.error && <Loading />}
      {dataset.data && !dataset.error && (ref
        ? <RowsTable projectId={ref.projectId} digest={ref.id} />
        : <JsonTree slice={whole(JSON.stringify(val))} projectId={projectId}
          label="Value" />)}
    </div>
  );
}

export function View({projectId, id, place}: ViewProps) {
  return id
      ? <DatasetPage projectId={projectId} id={id} place={place} />
      : <DatasetList projectId={projectId} />;
}
