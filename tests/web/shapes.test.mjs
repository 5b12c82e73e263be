// Traces that are not the tree that one would expect.
import assert from 'node:assert/strict';

import {webTests} from './support/browser.mjs';
import {callBatch} from './support/calls.mjs';

const PROJECT = 'acme/shapes';

const webTest = webTests(PROJECT, async () => {});

const callUrl = (url, id) => `${url}/${PROJECT}/r/call/${id}`;

// The names in the tree with the levels at which they are.
async function seeTree(page, expected) {
  await page.waitForFunction(
      wanted => JSON.stringify([...document.querySelectorAll(
          '.calls .call-row:not(.head-row)')].map(row =>
        `${row.ariaLevel} ${row.querySelector('.call-name').textContent}`)) ===
          wanted,
      JSON.stringify(expected));
}

webTest('of a ring of parents every call is shown once',
        async ({page, url, api}) => {
  const call = (id, parent, startMs) => ({
    id, trace_id: 'ring', parent_id: parent, op_name: id, startMs,
    endMs: startMs + 1,
  });
  await callBatch(api, PROJECT, [
    call('below-r2', 'r2', 0), call('r2', 'r1', 5), call('r1', 'r2', 3),
    call('s1', 's1', 7), call('t1', 't3', 8), call('t2', 't1', 9),
    call('t3', 't2', 10),
  ]);
  await page.goto(callUrl(url, 'r2'));
  await seeTree(page, ['1 r1', '2 r2', '3 below-r2', '1 s1', '1 t1', '2 t2',
                       '3 t3']);
  await page.getByRole('heading', {name: 'r2', level: 2}).waitFor();
  await page.keyboard.press('p');
  await page.getByRole('heading', {name: 'r1', level: 2}).waitFor();
});

webTest('a long trace has an axis of whole minutes, and its head two lines',
        async ({page, url, api}) => {
  await callBatch(api, PROJECT, [
    {id: 'long', trace_id: 'long', op_name: 'a_name_that_is_long', startMs: 0,
     endMs: 400_000, exception: 'ValueError: bad',
     usage: {m: {prompt_tokens: 5, requests: 1}}},
    ...[1, 2, 3, 4].map(n => ({
      id: `long-${n}`, trace_id: 'long', parent_id: 'long', op_name: 'part',
      startMs: n * 10_000, endMs: n * 19_000,
    })),
  ]);
  await page.goto(callUrl(url, 'long'));
  await page.locator('.axis .tick').first().waitFor();
  assert.deepEqual(await page.locator('.axis .tick').allTextContents(),
                   ['0 ms', '2m', '4m']);
  const box = selector => page.locator(`.trace-summary ${selector}`)
      .first().boundingBox();
  const name = await box('h1');
  const link = await box('button:has-text("Copy link")');
  assert.ok(link.y < name.y + name.height && name.y < link.y + link.height);
  assert.ok((await box('.facts')).y >= name.y + name.height);
}, {viewport: {width: 480, height: 800}});

webTest('several roots, and calls whose parent never came, are all shown',
        async ({page, url, api}) => {
  const call = (id, parent, startMs) => ({
    id, trace_id: 'roots', parent_id: parent, op_name: id, startMs,
    endMs: startMs + 1,
  });
  await callBatch(api, PROJECT, [
    call('orphan', 'never-came', 0), call('below-orphan', 'orphan', 1),
    call('root-1', undefined, 2), call('root-2', undefined, 3),
  ]);
  await page.goto(`${url}/${PROJECT}/r/trace/roots`);
  await seeTree(page, ['1 orphan', '2 below-orphan', '1 root-1', '1 root-2']);
  await page.keyboard.press('G');
  await page.getByRole('heading', {name: 'root-2', level: 2}).waitFor();
});

// The width of what is seen of each name, by level.
const namesSeen = page => page.locator('.calls .call-row .call-name')
    .evaluateAll(names => names.map(name => {
      const cell = name.closest('.c-tree').getBoundingClientRect();
      const {left, right} = name.getBoundingClientRect();
      return Math.min(right, cell.right) - left;
    }));

for (const width of [1280, 1024, 480]) {
  webTest(`names can be read at any depth, ${width} px`,
          async ({page, url, api}) => {
    const deep = Array.from({length: 40}, (_, i) => ({
      id: `deep-${i}`, trace_id: 'deep', parent_id: i ? `deep-${i - 1}` : null,
      op_name: `one_of_the_many_calls_of_a_deep_trace_${i}`, startMs: i,
      endMs: 100 - i,
    }));
    await callBatch(api, PROJECT, deep);
    await page.goto(callUrl(url, 'deep-0'));
    await page.getByRole('heading', {name: 'trace_0', level: 2}).waitFor();
    await page.keyboard.press('G');
    await page.getByRole('heading', {name: 'trace_39', level: 2}).waitFor();
    const last = page.locator('.call-row[aria-selected="true"]');
    assert.equal(await last.getAttribute('aria-level'), '40');
    for (const seen of await namesSeen(page)) assert.ok(seen >= 120, `${seen}`);
    await last.getByText('40', {exact: true}).waitFor();
    const [wide, space] = await page.locator('.calls').evaluate(
        box => [box.scrollWidth, box.clientWidth]);
    assert.ok(wide <= space);
  }, {viewport: {width, height: 1000}});
}
