// What strangers send is shown as what it is, and does no harm.
import assert from 'node:assert/strict';

import {webTests} from './support/browser.mjs';
import {callBatch, publish} from './support/calls.mjs';

const PROJECT = 'acme/hostile';
const SCRIPT = '<script>alert(1)</script><img src=x onerror=alert(2)>';
const RTL = '\u202eabc\u202c \u0634\u0643\u0631\u0627';
const RTL_SEEN = '\\u202eabc\\u202c \u0634\u0643\u0631\u0627';
const LONG_KEY = 'key '.repeat(2000);
const BIG = 5_000_000;

const webTest = webTests(PROJECT, async ({api}) => {
  await callBatch(api, PROJECT, [{
    id: 'evil', trace_id: 'evil', op_name: SCRIPT, display_name: SCRIPT,
    thread_id: SCRIPT, turn_id: 'evil', startMs: 0, endMs: 5,
    exception: `${SCRIPT}\n${SCRIPT}`,
    attributes: {[SCRIPT]: SCRIPT},
    inputs: {
      [SCRIPT]: SCRIPT,
      rtl: RTL,
      link: 'javascript:alert(3)',
      ref: 'weave:///acme/x/object/javascript:alert(4)',
      messages: [
        {role: SCRIPT, content: [
          {type: 'text', text: SCRIPT},
          {type: 'image_url', image_url: {url: 'https://example.com/a.png'}},
          {type: 'image_url', image_url: {
            url: 'data:text/html,<script>alert(5)</script>',
          }},
        ]},
      ],
      constructor: {prototype: 1},
    },
    output: {_type: 'CustomWeaveType', files: {'image.png': SCRIPT},
             weave_type: {type: SCRIPT}},
    usage: {[SCRIPT]: {prompt_tokens: 5, completion_tokens: null}},
  }]);
  await callBatch(api, PROJECT, [{
    id: 'large', trace_id: 'large', op_name: 'large', startMs: 10, endMs: 20,
    inputs: {text: 'x'.repeat(BIG), lines: 'line\n'.repeat(50_000)},
    output: {
      list: Array.from({length: 200_000}, (_, i) => i),
      deep: JSON.parse('['.repeat(150) + ']'.repeat(150)),
    },
  }]);
  await callBatch(api, PROJECT, [{
    id: 'turned', trace_id: 'turned', op_name: 'turned', startMs: 10, endMs: 20,
    display_name: 'name \u202eexe', exception: 'ValueError: \u202ereason',
    inputs: {'\u202ekey': '\u2066value', [LONG_KEY]: 1},
  }]);
  await publish(api, PROJECT, 'evil', {[SCRIPT]: SCRIPT});
});

const EXPECTED_FAILURES = {mayLog: [/status of 404/]};

webTest('markup in names, keys and values stays text',
        async ({page, url}) => {
  await page.goto(url);
  await page.getByRole('link', {name: SCRIPT}).click();
  await page.getByRole('heading', {name: SCRIPT, level: 2}).waitFor();
  for (const tab of ['Data', 'Chat', 'Details', 'Feedback']) {
    await page.getByRole('tab', {name: tab}).click();
    await page.getByText('onerror=alert').first().waitFor();
  }
  await page.getByRole('tab', {name: 'Data'}).click();
  await page.getByText(RTL_SEEN).first().waitFor();
  assert.equal(await page.locator('script:not([src]), img[src="x"]').count(),
               0);
  assert.equal(await page.locator('a[href^="javascript:"]').count(), 0);
  await page.goto(`${url}/${PROJECT}/r/threads`);
  await page.getByRole('link', {name: SCRIPT}).click();
  await page.getByRole('heading', {name: SCRIPT}).waitFor();
  await page.goto(`${url}/${PROJECT}/r/object/evil`);
  await page.getByText(SCRIPT).first().waitFor();
}, EXPECTED_FAILURES);

webTest('what turns the direction of a text is seen, and turns nothing',
        async ({page, url}) => {
  const isSafe = async seen => {
    await page.getByText(seen).first().waitFor();
    assert.ok(!/[\u202a-\u202e\u2066-\u2069]/.test(
        await page.locator('body').innerText()));
  };
  await page.goto(`${url}/${PROJECT}/r/call/turned`);
  await isSafe('name \\u202eexe');
  await isSafe('"\\u2066value"');
  const inputs = page.getByRole('region', {name: 'Inputs'});
  await inputs.getByText('\\u202ekey').first().waitFor();
  await inputs.getByRole('button', {name: 'Raw'}).click();
  await isSafe('"\\u202ekey":');
  await isSafe('ValueError: \\u202ereason');
  await page.goto(url);
  await isSafe('name \\u202eexe');
});

webTest('a very long key is cut, and can be had whole',
        async ({page, url}) => {
  await page.goto(`${url}/${PROJECT}/r/call/turned`);
  const key = page.locator('.j-key', {hasText: 'key key'}).first();
  await key.waitFor();
  assert.ok((await key.textContent()).length < 200);
  await key.getByRole('button', {name: 'Show 8 kB'}).click();
  await page.waitForFunction(
      length => [...document.querySelectorAll('.j-key')]
          .some(one => one.textContent.length === length), LONG_KEY.length);
});

webTest('pictures from elsewhere are named, not loaded',
        async ({page, url}) => {
  await page.goto(`${url}/${PROJECT}/r/call/evil?tab=chat`);
  await page.getByText('Image at https://example.com/a.png').waitFor();
  await page.getByText('Image at data:text/html').waitFor();
  assert.equal(await page.locator('.chat img').count(), 0);
}, EXPECTED_FAILURES);

webTest('a value of five megabytes is cut, and can be had whole',
        async ({page, url}) => {
  await page.goto(`${url}/${PROJECT}/r/call/large`);
  const inputs = page.getByRole('region', {name: 'Inputs'});
  await inputs.waitFor();
  const size = () => page.evaluate(() => document.body.textContent.length);
  assert.ok(await size() < 20_000);
  await inputs.getByRole('button', {name: 'Show 5 MB'}).click();
  await inputs.getByRole('button', {name: 'Show more'}).click();
  assert.ok(await size() < 60_000);
  await inputs.getByRole('button', {name: 'Copy'}).click();
  await inputs.getByText('Copied').waitFor();
  const copied = await page.evaluate(
      async () => (await navigator.clipboard.readText()).length);
  assert.ok(copied > BIG);

  const output = page.getByRole('region', {name: 'Output'});
  await output.getByRole('button', {name: 'Unfold list'}).click();
  await output.getByRole('button', {name: 'Show more than 100'}).click();
  await output.getByText('399', {exact: true}).first().waitFor();
  assert.ok(await page.locator('.j-row').count() < 1000);
});

webTest('the page may run nothing that is not its own',
        async ({page, url}) => {
  const response = await page.goto(url);
  const policy = response.headers()['content-security-policy'];
  assert.match(policy, /default-src 'none'/);
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.hasRun = true';
    document.body.append(script);
    return window.hasRun === true;
  });
  assert.equal(ran, false);
}, {mayLog: [/Content Security Policy/]});
