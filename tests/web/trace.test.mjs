// A trace, and a call of it.
import assert from 'node:assert/strict';

import {opName} from '../sdk/support/api.mjs';
import {webTests} from './support/browser.mjs';
import {bigTrace, callBatch} from './support/calls.mjs';
import {recordPrices, recordWithSdk} from './support/record.mjs';

const PROJECT = 'acme/support-bot';
const BIG = 10_000;

const webTest = webTests(PROJECT, async shared => {
  await recordPrices(shared);
  await recordWithSdk(shared);
  shared.calls = await shared.api.calls();
  shared.oneOf = name => shared.calls.find(call => opName(call) === name);
  const calls = bigTrace(BIG);
  for (let i = 0; i < calls.length; i += 2500) {
    await callBatch(shared.api, PROJECT, calls.slice(i, i + 2500));
  }
});

const callUrl = (url, id, more = '') => `${url}/${PROJECT}/r/call/${id}${more}`;
const selectedName = page =>
  page.locator('.call-row[aria-selected="true"] .call-name').textContent();

webTest('the address that the SDK prints shows the call in its trace',
        async ({page, url, oneOf}) => {
  await page.goto(callUrl(url, oneOf('rerank').id));
  await page.getByRole('heading', {name: 'rerank', level: 2}).waitFor();
  assert.deepEqual(
      await page.locator('.call-name').allTextContents(),
      ['answer', 'retrieve', 'rerank', 'openai.chat.completions.create']);
  assert.equal(await selectedName(page), 'rerank');
  const bars = await page.locator('.bar-line').evaluateAll(
      elements => elements.map(e => e.getBoundingClientRect())
          .map(({left, right}) => ({left, right})));
  assert.equal(bars.length, 4);
  for (const {left, right} of bars.slice(1)) {
    assert.ok(left >= bars[0].left - 1 && right <= bars[0].right + 2);
  }
  assert.ok(bars[1].left <= bars[2].left && bars[2].left <= bars[3].left);
  assert.ok(await page.locator('.bar-critical').count() >= 2);

  const [first] = await page.locator('.call-row .call-name').all();
  await first.click();
  await page.waitForURL(callUrl(url, oneOf('answer').id));
});

webTest('the trace says what it took, and what it cost',
        async ({page, url, api, oneOf}) => {
  await page.goto(callUrl(url, oneOf('rerank').id));
  const facts = page.locator('.trace-summary .facts');
  await facts.getByText('$0.0020').waitFor();
  assert.match(await facts.textContent(), /Calls4Tokens508Cost\$0\.0020$/);

  // Also when only the calls below say what they used.
  const usage = {'gpt-4o': {prompt_tokens: 1000, completion_tokens: 100,
                            total_tokens: 1100, requests: 1}};
  const call = (n, more) => ({
    id: `cost-${n}`, trace_id: 'cost', op_name: 'spend', startMs: 0, endMs: 9,
    ...more,
  });
  await callBatch(api, PROJECT, [
    call(0), call(1, {parent_id: 'cost-0', usage}),
    call(2, {parent_id: 'cost-0', usage}),
  ]);
  await page.goto(callUrl(url, 'cost-0'));
  await facts.getByText('$0.0070').waitFor();
  assert.match(await facts.textContent(), /Calls3Tokens2,200Cost\$0\.0070$/);
});

webTest('the hosted page\'s addresses lead here too',
        async ({page, url, oneOf}) => {
  const {id, op_name: op} = oneOf('answer');
  await page.goto(`${url}/${PROJECT}/weave/calls/${id}`);
  await page.waitForURL(callUrl(url, id));
  const digest = op.split(':').pop();
  await page.goto(`${url}/${PROJECT}/weave/ops/answer/versions/${digest}`);
  await page.waitForURL(`${url}/${PROJECT}/r/object/answer?v=${digest}`);
  await page.getByText('async function answer(question)').waitFor();
});

webTest('messages are shown as a conversation', async ({page, url, oneOf}) => {
  await page.goto(callUrl(url, oneOf('openai.chat.completions.create').id));
  const asked = page.getByRole('list', {name: 'What was asked'});
  await asked.waitFor();
  assert.deepEqual(await asked.locator('.chat-role').allTextContents(),
                   ['system', 'user']);
  const answered = page.getByRole('list', {name: 'What was answered'});
  assert.match(await answered.textContent(), /A trace is the tree of calls/);
});

webTest('inputs and output are a tree, or the text that was stored',
        async ({page, url, api, projectId}) => {
  const inputs = '{"big":123456789012345678901234567890,"float":1.0,' +
      '"same":1,"same":2,"list":[1,[2,{"deep":"ä\\ud83d\\ude00"}]]}';
  const response = await fetch(`${api.url}/call/start`, {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: `{"start":{"project_id":"${projectId}","id":"exact",` +
        '"op_name":"exact","started_at":"2026-01-01T00:00:00Z",' +
        `"attributes":{"env":"test"},"inputs":${inputs}}}`,
  });
  assert.equal(response.status, 200);
  await page.goto(callUrl(url, 'exact'));
  const section = page.getByRole('region', {name: 'Inputs'});
  await section.getByText('123456789012345678901234567890').waitFor();
  await section.getByText('1.0', {exact: true}).waitFor();
  assert.equal(await section.getByText('same').count(), 2);
  await section.getByText('"ä😀"').waitFor();
  await section.getByRole('button', {name: 'Fold list'}).click();
  await section.getByText('"ä😀"').waitFor({state: 'hidden'});
  await section.getByRole('button', {name: 'Raw'}).click();
  await section.getByText('"big": 123456789012345678901234567890,').waitFor();
  await section.getByRole('button', {name: 'Copy'}).click();
  await section.getByText('Copied').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()),
               inputs);
  await page.getByText('No output yet: the call is running.').waitFor();
});

webTest('images and sound come from the stored files',
        async ({page, url, oneOf}) => {
  await page.goto(callUrl(url, oneOf('draw').id));
  const image = page.getByRole('img', {name: 'image.png'});
  await image.waitFor();
  assert.equal(await image.evaluate(async e => {
    await e.decode();
    return e.naturalWidth;
  }), 96);
  const audio = page.locator('audio');
  assert.ok(await audio.evaluate(e => e.readyState > 0 || new Promise(done => {
    e.addEventListener('loadedmetadata', () => done(true));
    e.addEventListener('error', () => done(false));
  })));
});

webTest('an exception is shown with its stack, and errors can be jumped to',
        async ({page, url, oneOf, api}) => {
  await page.goto(callUrl(url, oneOf('refund').id));
  await page.getByRole('button', {name: '2 errors'}).click();
  await page.getByRole('heading', {name: 'lookUp', level: 2}).waitFor();
  await page.getByRole('region', {name: 'Exception'})
      .getByText('No customer has the id 17').waitFor();
  await page.keyboard.press('e');
  assert.equal(await selectedName(page), 'refund');

  await callBatch(api, PROJECT, [{
    id: 'py', trace_id: 'py', op_name: 'py', startMs: 0, endMs: 1,
    exception: 'Traceback (most recent call last):\n' +
        '  File "app.py", line 3, in run\nValueError: too small',
  }]);
  await page.goto(callUrl(url, 'py'));
  const exception = page.getByRole('region', {name: 'Exception'});
  await exception.getByRole('heading', {name: 'ValueError: too small'})
      .waitFor();
  await exception.getByText('line 3, in run').waitFor();
});

webTest('the code of the op, usage and cost, and the links of the call',
        async ({page, url, oneOf}) => {
  await page.goto(callUrl(url, oneOf('answer').id));
  await page.getByRole('tab', {name: 'Code'}).click();
  await page.getByText('const documents = await rerank(').waitFor();
  assert.match(page.url(), /tab=code/);
  await page.getByRole('tab', {name: 'Details'}).click();
  const usage = page.getByRole('row', {name: 'gpt-4o'});
  assert.match(await usage.textContent(), /41296508\$0\.0020/);
  await page.getByRole('link', {name: 'rerank'}).click();
  await page.getByRole('heading', {name: 'rerank', level: 2}).waitFor();
  await page.getByRole('tab', {name: 'Details'}).click();
  await page.getByRole('link', {name: 'answer', exact: true}).click();
  await page.getByRole('heading', {name: 'answer', level: 2}).waitFor();
});

webTest('the call can be copied as a command and as JSON',
        async ({page, url, oneOf}) => {
  const {id} = oneOf('retrieve');
  await page.goto(callUrl(url, id));
  await page.getByRole('button', {name: 'Copy curl'}).click();
  await page.getByText('Copied').waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(command, /^curl http:\/\/127\.0\.0\.1:\d+\/call\/read /);
  assert.ok(command.includes(`"id":"${id}"`));
  await page.getByRole('button', {name: 'Copy JSON'}).click();
  const json = await page.waitForFunction(async () => {
    const text = await navigator.clipboard.readText();
    return text.startsWith('{') ? text : null;
  });
  assert.equal(JSON.parse(await json.jsonValue()).id, id);
});

webTest('a note and a reaction are added, and the list counts them',
        async ({page, url, oneOf}) => {
  const {id} = oneOf('answer');
  await page.goto(callUrl(url, id, '?tab=feedback'));
  await page.getByPlaceholder('Add a note').fill('Well said <b>!</b>');
  await page.getByRole('button', {name: 'Add note'}).click();
  await page.getByText('Well said <b>!</b>').waitFor();
  await page.getByRole('button', {name: 'React: Good'}).click();
  await page.getByText(/thumbs_up|thumbsup|\+1/).waitFor();
  await page.getByRole('tab', {name: 'Feedback (2)'}).waitFor();
  await page.keyboard.press('Escape');
  await page.waitForURL(/\/\?project=/);
  await page.locator('.row .c-feedback', {hasText: /^2$/}).waitFor();
});

webTest('the tree folds and unfolds, by mouse and by key',
        async ({page, url, oneOf}) => {
  await page.goto(callUrl(url, oneOf('answer').id));
  const rows = page.locator('.call-row .call-name');
  await rows.nth(3).waitFor();
  await page.keyboard.press('h');
  assert.equal(await rows.count(), 1);
  await page.keyboard.press('l');
  assert.equal(await rows.count(), 4);
  await page.getByRole('button', {name: 'Fold', exact: true}).click();
  assert.equal(await rows.count(), 1);
  await page.getByRole('button', {name: 'Unfold', exact: true}).click();
  await page.keyboard.press('/');
  await page.keyboard.type('rerank');
  assert.equal(await rows.count(), 2);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', {name: 'rerank', level: 2}).waitFor();
  await page.keyboard.press('p');
  assert.equal(await selectedName(page), 'answer');
});

webTest('what is folded away leaves the selection to the call that hides it',
        async ({page, url}) => {
  await page.goto(callUrl(url, 'big-30'));
  await page.locator('#call-big-30[aria-selected="true"]').waitFor();
  await page.getByRole('button', {name: 'Fold all'}).click();
  await page.locator('#call-big-21[aria-selected="true"]').waitFor();
  await page.getByRole('heading', {name: 'step', level: 2}).waitFor();
  await page.keyboard.press('j');
  await page.locator('#call-big-41[aria-selected="true"]').waitFor();
  await page.locator('#call-big-0').getByRole('button', {name: 'Fold'}).click();
  await page.waitForURL(callUrl(url, 'big-0'));
});

webTest('a link to a call that is folded away unfolds what hides it',
        async ({page, url}) => {
  await page.goto(callUrl(url, 'big-21'));
  await page.locator('#call-big-21[aria-selected="true"]').waitFor();
  await page.getByRole('button', {name: 'Fold all'}).click();
  await page.getByRole('tab', {name: 'Details'}).click();
  const child = page.locator('.panel .children a').first();
  const href = await child.getAttribute('href');
  const id = decodeURIComponent(/call\/([^?]+)/.exec(href)[1]);
  await child.click();
  await page.locator(`#call-${id}[aria-selected="true"]`).waitFor();
});

webTest('a trace of 10,000 calls keeps few rows and stays smooth',
        async ({page, url}) => {
  await page.goto(`${url}/${PROJECT}/r/trace/big`);
  const rows = page.locator('.calls .call-row');
  await rows.nth(10).waitFor();
  assert.ok(await rows.count() < 100);
  const frames = await page.evaluate(async () => {
    const box = document.querySelector('.calls');
    const times = [];
    const end = box.scrollHeight - box.clientHeight;
    for (let i = 0; i <= 60; ++i) {
      const start = performance.now();
      box.scrollTop = end * i / 60;
      await new Promise(done => requestAnimationFrame(done));
      await new Promise(done => requestAnimationFrame(done));
      times.push((performance.now() - start) / 2);
    }
    return {times: times.sort((a, b) => a - b), end};
  });
  assert.ok(frames.end > 200_000);
  const {times} = frames;
  console.log(`frame time over ${times.length} jumps: median ` +
      `${times[times.length >> 1].toFixed(1)} ms, ` +
      `longest ${times.at(-1).toFixed(1)} ms`);
  await page.locator('.call-row', {hasText: 'work_'}).last().waitFor();
  assert.ok(await rows.count() < 100);

  await page.keyboard.press('e');
  await page.getByText('ValueError: number 50 is bad').waitFor();
  await page.keyboard.press('E');
  await page.getByText(`ValueError: number ${BIG - 50} is bad`).waitFor();
  await page.keyboard.press('G');
  assert.match(page.url(), new RegExp(`big-${BIG - 1}$`));
  await page.locator('.call-row[aria-selected="true"]').waitFor();
});

webTest('a call that does not exist is said not to, until it comes',
        async ({page, url, api}) => {
  await page.goto(callUrl(url, 'later'));
  await page.getByText('There is no call later').waitFor();
  await page.getByText('Live', {exact: true}).waitFor();
  await callBatch(api, PROJECT,
                  [{id: 'later', trace_id: 'later', op_name: 'late',
                    startMs: 0, endMs: 5}]);
  await page.getByRole('heading', {name: 'late', level: 2}).waitFor();
});

webTest('a running trace grows while it is looked at',
        async ({page, url, api}) => {
  const root = {id: 'g-0', trace_id: 'g', op_name: 'growing', startMs: 0};
  await callBatch(api, PROJECT, [root]);
  await page.goto(callUrl(url, 'g-0'));
  await page.getByText('Live', {exact: true}).waitFor();
  await callBatch(api, PROJECT, [
    {id: 'g-1', trace_id: 'g', parent_id: 'g-0', op_name: 'inner', startMs: 5,
     endMs: 9},
  ]);
  await page.locator('.call-name', {hasText: 'inner'}).waitFor();
  await callBatch(api, PROJECT, [{...root, endMs: 20, output: 'grown'}]);
  await page.getByText('"grown"').waitFor();
});
