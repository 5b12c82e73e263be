// The list of many traces, and of odd ones; and what there is without any.
import assert from 'node:assert/strict';

import {webTests} from './support/browser.mjs';
import {callBatch} from './support/calls.mjs';

const MANY = 'acme/many';
const ODD = 'acme/odd';
const LONG = 'a_name_that_goes_on_'.repeat(200);

const webTest = webTests(MANY, async ({api}) => {
  await callBatch(api, MANY, Array.from({length: 650}, (_, i) => ({
    id: `t${i}`, trace_id: `t${i}`, op_name: `run_${i}`, startMs: i * 10,
    endMs: i * 10 + 5,
  })));
  await callBatch(api, ODD, [
    {id: 'huge', trace_id: 'huge', op_name: LONG, startMs: 0, endMs: 9,
     usage: {m: {prompt_tokens: 2 ** 63 - 1024, requests: 1}}},
    ...Array.from({length: 9}, (_, i) => ({
      id: `bad${i}`, trace_id: 'huge', parent_id: 'huge', op_name: 'bad',
      startMs: 1, endMs: 2, exception: 'ValueError: bad',
    })),
    {id: 'failed', trace_id: 'failed', op_name: LONG, startMs: 0, endMs: 9,
     exception: 'ValueError: the reason'},
  ]);
});

const listUrl = (url, project) =>
  `${url}/?project=${encodeURIComponent(project)}`;
const selected = page => page.locator('.trace-row[aria-selected="true"]');

webTest('back from a trace the list is where it was left',
        async ({page, url}) => {
  await page.goto(listUrl(url, MANY));
  for (const loaded of ['200 traces or more', '400 traces or more',
                        '600 traces or more']) {
    await page.locator('footer').getByText(loaded).waitFor();
    await page.keyboard.press('G');
  }
  await page.locator('footer').getByText('650 traces').waitFor();
  for (const key of ['k', 'k', 'k']) await page.keyboard.press(key);
  const name = await selected(page).locator('.c-name').textContent();
  const box = page.locator('.traces');
  const top = await box.evaluate(e => e.scrollTop);
  assert.ok(top > 10_000);
  const isBack = async () => {
    await selected(page).getByText(name, {exact: true}).waitFor();
    await page.locator('footer').getByText('650 traces').waitFor();
    assert.equal(await box.evaluate(e => e.scrollTop), top);
  };
  await page.keyboard.press('Enter');
  await page.getByRole('heading', {name, level: 2}).waitFor();
  await page.goBack();
  await isBack();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', {name, level: 2}).waitFor();
  await page.keyboard.press('Escape');
  await isBack();
});

webTest('large numbers are short, and long names leave room for errors',
        async ({page, url}) => {
  await page.goto(listUrl(url, ODD));
  const row = page.locator('#trace-huge');
  await row.getByText('9.2E18', {exact: true}).waitFor();
  const whole = element => element.evaluate(
      e => e.scrollWidth <= e.clientWidth && e.getBoundingClientRect().right <=
          e.parentElement.getBoundingClientRect().right);
  assert.ok(await whole(row.getByText('9 errors below')));
  assert.ok(await whole(page.getByText('ValueError: the reason')));
});

webTest('a trace that succeeded over an error is marked as that',
        async ({page, url}) => {
  await page.goto(listUrl(url, ODD));
  const icon = page.locator('#trace-huge')
      .getByRole('img', {name: 'error below'});
  await icon.waitFor();
  assert.equal(await icon.locator('title').textContent(), 'error below');
});

webTest('the mark of the sorted column is clear of the edge',
        async ({page, url}) => {
  await page.goto(listUrl(url, ODD));
  const mark = page.locator('.c-when .sort-mark');
  await mark.waitFor();
  const right = await mark.evaluate(e => e.getBoundingClientRect().right);
  assert.ok(right <= 1280 - 6, `${right}`);
});

webTest('without a list its footer is still at the bottom, and claims nothing',
        async ({page, url}) => {
  const footer = page.locator('footer');
  for (const [more, seen] of [
    ['&where=latency_ms+%3E', page.getByRole('alert')],
    ['&q=nothing-has-this', page.getByText('No trace passes')],
  ]) {
    await page.goto(listUrl(url, ODD) + more);
    await seen.waitFor();
    assert.equal(await footer.evaluate(
        e => e.getBoundingClientRect().bottom), 800);
  }
  await page.goto(`${listUrl(url, ODD)}&where=latency_ms+%3E`);
  await page.getByRole('alert').waitFor();
  assert.equal(await footer.textContent(), '');
}, {mayLog: [/status of 400/]});

webTest('an empty project says what the README says to set',
        async ({page, url}) => {
  await page.goto(listUrl(url, 'acme/empty'));
  const lines = page.locator('.empty .code');
  await lines.waitFor();
  assert.equal((await lines.textContent()).trim(),
               `export WF_TRACE_SERVER_URL=${url}\n` +
               'export WANDB_API_KEY=0123456789abcdef0123456789abcdef01234567' +
               '   # any will do\n' +
               `export WANDB_BASE_URL=${url}   # for Python`);
});

webTest('a long name does not push the figures of the charts away',
        async ({page, url}) => {
  await page.goto(`${url}/${ODD}/r/charts`);
  await page.getByRole('columnheader', {name: 'Cost'}).first().waitFor();
  const [wide, space] = await page.locator('.charts').evaluate(
      e => [e.scrollWidth, e.clientWidth]);
  assert.ok(wide <= space, `${wide} > ${space}`);
});
