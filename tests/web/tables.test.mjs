// What is said in the tables of evaluations and datasets, and at the charts.
import assert from 'node:assert/strict';

import {webTests} from './support/browser.mjs';
import {callBatch, EPOCH_MS, publish} from './support/calls.mjs';

const PROJECT = 'acme/tables';
const VIEW = `/${PROJECT}/r`;

const webTest = webTests(PROJECT, async () => {});

async function publishRows(api, name, rows) {
  const {digest, row_digests: rowDigests} = await api.json('/table/create', {
    project_id: undefined, table: {project_id: PROJECT, rows},
  });
  const dataset = await api.json('/obj/create', {
    project_id: undefined,
    obj: {project_id: PROJECT, object_id: name, val: {
      _type: 'Dataset', _class_name: 'Dataset', _bases: ['Object', 'BaseModel'],
      name, rows: `weave:///${PROJECT}/table/${digest}`,
    }},
  });
  return {table: digest, rowDigests, dataset: dataset.digest};
}

async function publishModel(api, prompt) {
  const {digest} = await api.json('/obj/create', {
    project_id: undefined,
    obj: {project_id: PROJECT, object_id: 'adder', val: {prompt}},
  });
  return `weave:///${PROJECT}/object/adder:${digest}`;
}

webTest('evaluations are told apart by their names and the versions of models',
        async ({page, url, api}) => {
  const {table, rowDigests, dataset} =
      await publishRows(api, 'sums', [{sum: '1 + 1'}, {sum: '2 + 2'}]);
  const self = `weave:///${PROJECT}/object/my-eval:0123456789abcdef`;
  const examples = [
    `weave:///${PROJECT}/object/sums:${dataset}/attr/rows/id/${rowDigests[0]}`,
    // Nobody can read these two.
    `weave:///${PROJECT}/table/${table}/id/${rowDigests[1]}`,
    `weave:///${PROJECT}/object/gone:0123456789abcdef/attr/rows/id/xyz`,
  ];
  for (const n of [0, 1]) {
    const model = await publishModel(api, `prompt ${n}`);
    await callBatch(api, PROJECT, [
      {id: `e${n}`, trace_id: `e${n}`, op_name: 'Evaluation.evaluate',
       startMs: n, endMs: 90, inputs: {self, model}},
      ...examples.map((example, i) => ({
        id: `e${n}-${i}`, trace_id: `e${n}`, parent_id: `e${n}`,
        op_name: 'Evaluation.predict_and_score', startMs: 10 + i,
        endMs: 20 + i, inputs: {self, model, example},
        output: {output: `answer ${i}`, scores: {}},
      })),
    ]);
  }
  await callBatch(api, PROJECT, [{
    id: 'named', trace_id: 'named', op_name: 'Evaluation.evaluate',
    display_name: 'tuesday', startMs: 2, endMs: 90, inputs: {self},
  }]);
  await page.goto(`${url}${VIEW}/evaluations`);
  await page.getByRole('link', {name: 'adder v1'}).waitFor();
  await page.getByRole('link', {name: 'tuesday'}).waitFor();
  await page.getByLabel('Compare my-eval, adder v0').check();
  await page.getByLabel('Compare my-eval, adder v1').check();
  await page.locator('.examples tbody tr').nth(2).waitFor();
  assert.deepEqual(
      await page.locator('.examples thead th').allTextContents(),
      ['Example', 'A my-eval adder v0', 'B my-eval adder v1']);
  assert.deepEqual(
      await page.locator('.examples th.example').allTextContents(),
      ['{"sum":"1 + 1"}', ...examples.slice(1)]);
  // Both views are one follower.
  await page.getByLabel('Compare my-eval, adder v0').uncheck();
  await page.getByLabel('Compare my-eval, adder v1').uncheck();
  await page.locator('.examples').waitFor({state: 'detached'});
  await page.getByText('Live', {exact: true}).waitFor();
}, {mayLog: [/status of 404/]});

webTest('in a narrow window a dataset is scrolled, not squeezed',
        async ({page, url, api}) => {
  const words = 'lorem ipsum dolor '.repeat(40);
  await publishRows(api, 'wide', [1, 2].map(n => ({
    n, pic: null, question: words, tags: ['a', 'b'], expected: 2 * n,
    answer: words,
  })));
  await page.goto(`${url}${VIEW}/dataset/wide`);
  await page.getByText('2 of 2 rows').waitFor();
  const row = await page.locator('.grid tbody tr').first().boundingBox();
  assert.ok(row.height < 180, `${row.height}`);
  const cell = await page.getByRole('cell', {name: 'null'}).first()
      .boundingBox();
  assert.ok(cell.width > 60 && cell.width < 120, `${cell.width}`);
  const [wide, window] = await page.evaluate(() =>
    [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide <= window);
}, {viewport: {width: 480, height: 800}});

webTest('the title of a column of numbers stands above them',
        async ({page, url, api}) => {
  await publishRows(api, 'numbers', [{n: 1}, {n: null}, {n: 12_345}]);
  await page.goto(`${url}${VIEW}/dataset/numbers`);
  const align = locator => locator.evaluate(e => getComputedStyle(e).textAlign);
  await page.getByRole('cell', {name: '12345'}).waitFor();
  assert.equal(await align(page.getByRole('cell', {name: '12345'})), 'right');
  assert.equal(await align(page.getByRole('columnheader', {name: 'n'})),
               'right');
});

webTest('charts say no values where nothing points, and have round steps',
        async ({page, url, api}) => {
  const now = Date.now() - EPOCH_MS;
  await callBatch(api, 'acme/minutes', [{
    id: 'minutes', trace_id: 'minutes', op_name: 'run', startMs: now - 600_000,
    endMs: now - 600_000 + 155_000,
  }]);
  await page.addInitScript(() => {
    globalThis.drawnTexts = [];
    const {prototype} = CanvasRenderingContext2D;
    const draw = prototype.fillText;
    prototype.fillText = function(text, ...rest) {
      globalThis.drawnTexts.push(text);
      return draw.call(this, text, ...rest);
    };
  });
  await page.goto(`${url}/acme/minutes/r/charts`);
  await page.locator('.plot canvas').nth(3).waitFor();
  const legend = page.locator('.plot .u-legend').first();
  assert.equal((await legend.innerText()).replace(/\s/g, ''), 'p99p95p50');
  assert.ok(await legend.locator('th').evaluateAll(all =>
    all.every(e => getComputedStyle(e, '::after').content === 'none')));
  const texts = await page.evaluate(() => globalThis.drawnTexts);
  assert.deepEqual(texts.filter(text => /^\d+m|\d s$/.test(text)).slice(0, 2),
                   ['1m', '2m']);
  await page.locator('.plot .u-over').first().hover();
  await page.waitForFunction(() =>
    /\d:\d\d/.test(document.querySelector('.plot .u-legend').innerText));
  await page.mouse.move(5, 5);
  await page.waitForFunction(() =>
    !/\d:\d\d/.test(document.querySelector('.plot .u-legend').innerText));
});
