// The list of traces.
import assert from 'node:assert/strict';

import {webTests} from './support/browser.mjs';
import {callBatch} from './support/calls.mjs';
import {recordPrices, recordThread, recordWithSdk} from './support/record.mjs';

const PROJECT = 'acme/support-bot';
const LIST = `/?project=${encodeURIComponent(PROJECT)}`;

const webTest = webTests(PROJECT, async shared => {
  await recordPrices(shared);
  await recordWithSdk(shared);
  await recordThread(shared);
  await callBatch(shared.api, PROJECT, [
    {id: 'slow', trace_id: 'slow', op_name: 'slow_job', startMs: 0,
     endMs: 60_000, inputs: {model: 'gpt-4o'}},
    {id: 'open', trace_id: 'open', op_name: 'still_at_it', startMs: 0},
  ]);
});

const names = async page =>
  (await page.locator('.trace-row .c-name a').allTextContents());

// The names once they are what `expected` says.
async function seeNames(page, expected) {
  await page.waitForFunction(
      wanted => JSON.stringify([...document.querySelectorAll(
          '.trace-row .c-name a')].map(a => a.textContent)) === wanted,
      JSON.stringify(expected));
}

const ALL = ['Evaluation_hasty', 'Evaluation_careful', 'draw', 'refund',
             'answer', 'answer', 'chat_turn', 'chat_turn', 'still_at_it',
             'slow_job'];

webTest('traces of the SDK are listed, newest first, with their figures',
        async ({page, url}) => {
  await page.goto(url);
  await page.locator('.trace-row .c-name a').nth(9).waitFor();
  const listed = await names(page);
  assert.deepEqual(listed.slice(0, 8), ALL.slice(0, 8));
  assert.deepEqual(listed.slice(8).sort(), ['slow_job', 'still_at_it']);
  const answer = page.getByRole('row', {name: 'answer'}).first();
  assert.match(await answer.textContent(), /508\$0\.00204/);
  const refund = page.getByRole('row', {name: 'refund'});
  await refund.getByRole('img', {name: 'error'}).waitFor();
  await refund.getByText('No customer has the id 17').waitFor();
  assert.match(await page.locator('footer').textContent(),
               /10 traces in 1 project/);
});

webTest('the filters are in the address, and the address sets the filters',
        async ({page, url}) => {
  await page.goto(url + LIST);
  await page.getByRole('button', {name: 'error', exact: true}).click();
  await seeNames(page, ['refund']);
  assert.equal(new URL(page.url()).searchParams.get('status'), 'error');

  await page.getByRole('button', {name: 'Clear'}).click();
  await page.getByLabel('Where').fill('latency_ms > 50000');
  await seeNames(page, ['slow_job']);
  assert.equal(new URL(page.url()).searchParams.get('where'),
               'latency_ms > 50000');

  await page.goto(`${url}${LIST}&op=answer&q=turn%3F`);
  await seeNames(page, ['answer']);
  assert.equal(await page.getByLabel('Op').inputValue(), 'answer');
  assert.equal(await page.getByLabel('Text').inputValue(), 'turn?');
  await page.goto(`${url}${LIST}&since=15m&status=running`);
  await page.getByText('No trace passes these filters.').waitFor();
});

webTest('a condition that makes no sense is explained', async ({page, url}) => {
  await page.goto(url + LIST);
  await page.getByLabel('Where').fill('latency_ms >');
  const alert = page.getByRole('alert');
  await alert.waitFor();
  assert.match(await alert.textContent(), /position|at \d|column|end/i);
  assert.equal(await page.getByLabel('Where').getAttribute('aria-invalid'),
               'true');
}, {mayLog: [/status of 4\d\d/]});

webTest('columns sort, and the address says how', async ({page, url}) => {
  await page.goto(url + LIST);
  await page.getByRole('button', {name: 'Latency'}).click();
  await page.locator('.trace-row .c-name a').first()
      .getByText('slow_job').waitFor();
  assert.equal(new URL(page.url()).searchParams.get('sort'),
               'latency_ms:desc');
  const head = page.getByRole('columnheader', {name: 'Latency'});
  assert.equal(await head.getAttribute('aria-sort'), 'descending');
  await page.getByRole('button', {name: 'Calls'}).click();
  await page.locator('.trace-row .c-name a').first()
      .getByText('Evaluation').waitFor();
});

webTest('the keys work without a mouse', async ({page, url}) => {
  await page.goto(url + LIST);
  await page.locator('.trace-row .c-name a').nth(9).waitFor();
  const selected = () =>
    page.locator('.trace-row[aria-selected="true"] .c-name a').textContent();
  await page.keyboard.press('j');
  assert.equal(await selected(), 'Evaluation_hasty');
  for (const key of ['j', 'j', 'j', 'j', 'k']) await page.keyboard.press(key);
  assert.equal(await selected(), 'refund');
  await page.keyboard.press('/');
  await page.keyboard.type('gradient');
  await seeNames(page, ['draw']);
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/acme\/support-bot\/r\/call\//);
  await page.getByRole('heading', {name: 'draw'}).first().waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', {name: 'Keys'}).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', {name: 'Keys'}).waitFor({state: 'hidden'});
  await page.goBack();
  await seeNames(page, ['draw']);
});

webTest('a picture can still be loaded when its view has just been left',
        async ({page, url}) => {
  await page.goto(url + LIST);
  await page.getByRole('link', {name: 'draw'}).first().click();
  const picture = await page.locator('img.media').first().getAttribute('src');
  await page.goBack();
  await page.locator('.trace-row').first().waitFor();
  const width = await page.evaluate(src => new Promise(resolve => {
    const image = new Image();
    image.onload = () => resolve(image.naturalWidth);
    image.onerror = () => resolve(0);
    image.src = src;
  }), picture);
  assert.notEqual(width, 0);
});

webTest('from a trace the way back leads to the list as it was filtered',
        async ({page, url}) => {
  const filtered = `${url}${LIST}&status=error&sort=calls%3Aasc`;
  await page.goto(filtered);
  await page.getByRole('link', {name: 'refund'}).click();
  await page.getByRole('heading', {name: 'refund', level: 2}).waitFor();
  await page.keyboard.press('j');
  await page.getByRole('heading', {name: 'lookUp', level: 2}).waitFor();
  await page.keyboard.press('Escape');
  await page.waitForURL(filtered);
  await seeNames(page, ['refund']);
  await page.goto(`${url}/acme/other/r/call/none`);
  const all = page.getByRole('main').getByRole('link', {name: 'All traces'});
  assert.equal(await all.getAttribute('href'), '/?project=acme%2Fother');
});

webTest('a new trace appears by itself, and so does its end',
        async ({page, url, api}) => {
  const project = 'acme/live';
  await page.goto(`${url}/?project=${encodeURIComponent(project)}`);
  await page.getByText('Nothing has been recorded in acme/live yet.')
      .waitFor();
  await page.getByText('Live', {exact: true}).waitFor();
  await callBatch(api, project,
                  [{id: 'l', trace_id: 'l', op_name: 'fresh', startMs: 0}]);
  const row = page.getByRole('row', {name: 'fresh'});
  await row.getByRole('img', {name: 'running'}).waitFor();
  await callBatch(api, project, [
    {id: 'l', trace_id: 'l', op_name: 'fresh', startMs: 0, endMs: 1500},
  ]);
  await row.getByRole('img', {name: 'success'}).waitFor();
  await row.getByText('1.50 s').waitFor();
});

webTest('a project is chosen, and the views are those of it',
        async ({page, url}) => {
  await page.goto(url);
  await page.getByLabel('Project').selectOption(PROJECT);
  await page.waitForURL(url + LIST);
  await page.getByRole('link', {name: 'Threads'}).click();
  await page.waitForURL(`${url}/${PROJECT}/r/threads`);
  assert.equal(await page.getByLabel('Project').inputValue(), PROJECT);
});

webTest('dark and light follow the system until somebody chooses',
        async ({page, url}) => {
  const background = () => page.evaluate(
      () => getComputedStyle(document.body).backgroundColor);
  await page.goto(url);
  const dark = await background();
  await page.emulateMedia({colorScheme: 'light'});
  const light = await background();
  assert.notEqual(light, dark);
  await page.getByRole('button', {name: 'Use dark colours'}).click();
  assert.equal(await background(), dark);
  await page.reload();
  await page.getByRole('button', {name: 'Use light colours'}).waitFor();
  assert.equal(await background(), dark);
}, {colorScheme: 'dark'});

webTest('a first visit is small, and soon of use', async ({page, url}) => {
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  let bytes = 0;
  client.on('Network.loadingFinished', event => {
    bytes += event.encodedDataLength;
  });
  await page.goto(url + LIST);
  await page.locator('.trace-row .c-name a').first().waitFor();
  const assets = await page.evaluate(() =>
    performance.getEntriesByType('resource')
        .filter(entry => entry.name.includes('/assets/'))
        .reduce((sum, entry) => sum + entry.encodedBodySize, 0));
  assert.ok(assets > 10_000 && assets <= 120 * 1024, `${assets} bytes`);
  assert.ok(bytes < 200 * 1024, `${bytes} bytes in all`);
});
