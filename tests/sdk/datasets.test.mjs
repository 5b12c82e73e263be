// Datasets: an object that refers to a table of rows.
import assert from 'node:assert/strict';

import {digestOf, tableDigestOf} from './support/api.mjs';
import {sdkTest} from './support/with_sdk.mjs';

const ROWS = [
  {id: '0', question: 'größer als 1?', answer: 2, tags: ['a', {deep: null}]},
  {id: '1', question: '', answer: -0.5, tags: []},
  {id: '2', question: 'the first once more', answer: 2, tags: null},
];

// The SDK marks the rows that it is given; each test has its own.
const rowsOf = () => structuredClone(ROWS);

// The row without the SDK's mark on it.
const plain = ({__savedRef, ...row}) => row;

sdkTest('a saved dataset is an object whose rows are a table', async sdk => {
  const {weave, projectId, api} = sdk;
  const dataset = new weave.Dataset(
      {name: 'My questions!', description: 'three of them', rows: rowsOf()});

  const ref = await dataset.save();

  assert.equal(ref.projectId, projectId);
  assert.equal(ref.objectId, 'My-questions');
  const object = await api.onlyObject('My-questions');
  assert.equal(object.digest, ref.digest);
  assert.equal(object.kind, 'object');
  assert.equal(object.base_object_class, 'Dataset');
  assert.equal(object.leaf_object_class, 'Dataset');
  assert.equal(object.version_index, 0);
  assert.equal(object.is_latest, 1);
  const rows = await api.rows(object.val.rows);
  assert.deepEqual(rows.map(row => row.val), ROWS);
  assert.deepEqual(rows.map(row => row.original_index), [0, 1, 2]);
  const digests = rows.map(row => row.digest);
  assert.deepEqual(object.val, {
    _type: 'Dataset', _class_name: 'Dataset', _bases: ['Object', 'BaseModel'],
    name: 'My questions!', description: 'three of them',
    rows: `weave:///${projectId}/table/${tableDigestOf(digests)}`,
  });
});

sdkTest('the digests of rows are the service\'s', async sdk => {
  const {weave, api} = sdk;
  const dataset =
      new weave.Dataset({name: 'd', rows: [{b: 'é😀', a: [1, 2.5, 1e-7]}]});

  await dataset.save();

  const [row] = await api.rows((await api.onlyObject('d')).val.rows);
  assert.equal(row.digest, digestOf(
      '{"a": [1, 2.5, 1e-07], "b": "\\u00e9\\ud83d\\ude00"}'));
});

sdkTest('a dataset comes back with all its rows, to be looped over',
        async sdk => {
  const {weave, client} = sdk;
  const ref = await new weave.Dataset(
      {name: 'd', description: 'about', rows: rowsOf()}).save();

  const dataset = await client.get(ref);

  assert.ok(dataset instanceof weave.Dataset);
  assert.equal(dataset.name, 'd');
  assert.equal(dataset.description, 'about');
  assert.equal(dataset.length, 3);
  const seen = [];
  for await (const row of dataset) seen.push(plain(row));
  assert.deepEqual(seen, ROWS);
  // It is known as saved already, so that this makes no other version.
  assert.equal((await dataset.save()).uri(), ref.uri());
});

sdkTest('a dataset is found by a ref without a digest', async sdk => {
  const {weave, client, projectId} = sdk;
  for (const answer of [1, 2]) {
    await new weave.Dataset({name: 'd', rows: [{answer}]}).save();
  }
  const latest =
      weave.ObjectRef.fromUri(`weave:///${projectId}/object/d`);

  const dataset = await client.get(latest);

  assert.equal(dataset.getRow(0).answer, 2);
});

sdkTest('a row that is an input is stored as a ref to that row', async sdk => {
  const {weave, api, flush} = sdk;
  const dataset = new weave.Dataset({name: 'd', rows: rowsOf()});
  const ref = await dataset.save();
  const ask = weave.op(async function ask(row) { return row.answer; },
                       {parameterNames: ['row']});

  for (let i = 0; i < 3; ++i) await ask(dataset.getRow(i));
  await flush();

  const table = await api.rows((await api.onlyObject('d')).val.rows);
  const refs = table.map(row => `${ref.uri()}/attr/rows/id/${row.digest}`);
  const calls = await api.calls();
  assert.deepEqual(calls.map(call => call.inputs.row), refs);
  assert.deepEqual(calls.map(call => call.output), [2, -0.5, 2]);
  assert.deepEqual(await api.resolve(refs), ROWS);
  // The calls of a row are found by it, also in its place inside the dataset.
  const ofSecond = await api.calls({filter: {input_refs: [refs[1]]}});
  assert.deepEqual(ofSecond.map(call => call.output), [-0.5]);
  const expanded = await api.calls({expand_columns: ['inputs.row']});
  assert.deepEqual(expanded.map(call => call.inputs.row.question),
                   ROWS.map(row => row.question));
});

sdkTest('the same rows again are the same version, other rows another',
        async sdk => {
  const {weave, api} = sdk;
  const save = rows => new weave.Dataset({name: 'd', rows}).save();

  const first = await save(rowsOf());
  const again = await save(rowsOf());
  const longer = await save([...rowsOf(), {id: '3'}]);

  assert.equal(again.digest, first.digest);
  assert.notEqual(longer.digest, first.digest);
  const {objs} = await api.json('/objs/query', {
    filter: {base_object_classes: ['Dataset']},
  });
  assert.deepEqual(objs.map(({digest, version_index, is_latest}) =>
                       ({digest, version_index, is_latest})), [
    {digest: first.digest, version_index: 0, is_latest: 0},
    {digest: longer.digest, version_index: 1, is_latest: 1},
  ]);
});

sdkTest('an empty dataset is a dataset', async sdk => {
  const {weave, client, api} = sdk;

  const ref = await new weave.Dataset({name: 'none', rows: []}).save();

  const {val} = await api.onlyObject('none');
  assert.ok(val.rows.endsWith(`/table/${tableDigestOf([])}`), val.rows);
  assert.deepEqual(await api.rows(val.rows), []);
  assert.equal((await client.get(ref)).length, 0);
});

sdkTest('a dataset of 5,000 rows is stored whole and read in pages',
        async sdk => {
  const {weave, client, api} = sdk;
  const rows = Array.from(
      {length: 5000}, (_, n) => ({n, text: `row ${n} `.repeat(20)}));

  const ref = await new weave.Dataset({name: 'large', rows}).save();

  const dataset = await client.get(ref);
  assert.equal(dataset.length, 5000);
  assert.deepEqual(plain(dataset.getRow(4999)),
                   {n: 4999, text: rows[4999].text});
  const table = (await api.onlyObject('large')).val.rows;
  const page = await api.rows(table, {limit: 3, offset: 4000});
  assert.deepEqual(page.map(row => row.val.n), [4000, 4001, 4002]);
  const last = await api.rows(
      table, {limit: 1, sort_by: [{field: 'n', direction: 'desc'}]});
  assert.equal(last[0].original_index, 4999);
});

sdkTest('the generated client changes a table and counts its rows',
        async sdk => {
  const {weave, client, projectId, api} = sdk;
  await new weave.Dataset({name: 'd', rows: rowsOf()}).save();
  const base = (await api.onlyObject('d')).val.rows.split('/').pop();
  const {table} = client.traceServerApi;

  const {data: changed} = await table.tableUpdateTableUpdatePost({
    project_id: projectId, base_digest: base, updates: [
      {append: {row: {id: '3'}}}, {pop: {index: 0}},
      {insert: {index: 1, row: {id: 'between'}}},
    ],
  });

  const {data: stats} = await table.tableQueryStatsTableQueryStatsPost(
      {project_id: projectId, digest: changed.digest});
  assert.equal(stats.count, 4);
  const rows = await api.rows(changed.digest);
  assert.deepEqual(rows.map(row => row.val.id), ['1', 'between', '2', '3']);
  assert.deepEqual((await api.rows(base)).map(row => row.val), ROWS);
});
