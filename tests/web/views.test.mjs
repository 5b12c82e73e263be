// The views beside the traces.
import assert from 'node:assert/strict';

import {webTests} from './support/browser.mjs';
import {callBatch, publish} from './support/calls.mjs';
import {recordPrices, recordThread, recordWithSdk} from './support/record.mjs';

const PROJECT = 'acme/support-bot';
const VIEW = `/${PROJECT}/r`;

const webTest = webTests(PROJECT, async shared => {
  await recordPrices(shared);
  await recordWithSdk(shared);
  await recordThread(shared);
});

webTest('threads are listed, and one is shown as a conversation',
        async ({page, url}) => {
  await page.goto(`${url}${VIEW}/threads`);
  const row = page.getByRole('row', {name: 'support-42'});
  assert.match(await row.textContent(), /2900 ms/);
  await page.getByRole('link', {name: 'support-42'}).click();
  await page.waitForURL(`${url}${VIEW}/thread/support-42`);
  await page.getByText('It will come tomorrow.').waitFor();
  assert.deepEqual(await page.locator('.chat-role').allTextContents(),
                   ['user', 'assistant', 'user', 'assistant']);
});

webTest('a turn that failed says why, also one of Python',
        async ({page, url, api}) => {
  await callBatch(api, PROJECT, [{
    id: 'py-turn', trace_id: 'py-turn', thread_id: 'python', turn_id: 'py-turn',
    op_name: 'turn', startMs: 0, endMs: 1,
    exception: 'Traceback (most recent call last):\n' +
        '  File "app.py", line 3, in run\nValueError: too small\n\n',
  }]);
  await page.goto(`${url}${VIEW}/thread/python`);
  await page.locator('.row-error').waitFor();
  assert.equal(await page.locator('.row-error').textContent(),
               'ValueError: too small');
});

webTest('objects have versions, and what changed between two is shown',
        async ({page, url}) => {
  await page.goto(`${url}${VIEW}/objects`);
  await page.getByRole('link', {name: 'settings'}).click();
  await page.getByText('"gpt-4o-mini"').waitFor();
  await page.getByRole('link', {name: 'Compare with v0'}).click();
  await page.getByRole('heading', {name: 'v0 to v1'}).waitFor();
  const lines = kind => page.locator(`.diff-line.${kind} .diff-text`)
      .allTextContents();
  assert.deepEqual(await lines('removed'),
                   ['  "model": "gpt-4o",', '  "temperature": 0.2,']);
  assert.deepEqual(await lines('added'),
                   ['  "model": "gpt-4o-mini",', '  "temperature": 0.7,']);
  await page.getByRole('link', {name: 'v0', exact: true}).click();
  await page.getByText('"gpt-4o"', {exact: true}).waitFor();
});

webTest('of a long text the lines that changed are shown',
        async ({page, url, api}) => {
  const text = (...changed) => ['You answer briefly.', 'Be kind.', ...changed,
                                'A backslash: \\n', 'The end.\n'].join('\n');
  await publish(api, PROJECT, 'long-prompt', {text: text('Say "you".'), n: 1});
  await publish(api, PROJECT, 'long-prompt', {text: text('Say "thou".'), n: 1});
  await page.goto(`${url}${VIEW}/object/long-prompt`);
  await page.getByRole('link', {name: 'Compare with v0'}).click();
  await page.locator('.diff-line.added').waitFor();
  assert.deepEqual(await page.locator('.diff-text').allTextContents(), [
    '{', '  "text": "You answer briefly.\\n', '    Be kind.\\n',
    '    Say \\"you\\".\\n', '    Say \\"thou\\".\\n',
    '    A backslash: \\\\n\\n', '    The end.\\n",', '  "n": 1', '}',
  ]);
});

webTest('a text of blanks alone can be seen', async ({page, url}) => {
  await page.goto(`${url}${VIEW}/objects`);
  await page.getByRole('link', {name: 'settings'}).click();
  await page.getByText('"\\n"', {exact: true}).waitFor();
});

webTest('ops are listed with their code', async ({page, url}) => {
  await page.goto(`${url}${VIEW}/objects`);
  await page.getByRole('tab', {name: 'Ops'}).click();
  await page.getByRole('link', {name: 'retrieve'}).click();
  await page.getByText('async function retrieve(question)').waitFor();
});

webTest('a dataset is a table, and a row can be opened',
        async ({page, url}) => {
  await page.goto(`${url}${VIEW}/datasets`);
  await page.getByRole('link', {name: 'capitals'}).click();
  await page.getByRole('cell', {name: 'Oslo'}).waitFor();
  assert.deepEqual(
      await page.getByRole('columnheader').allTextContents(),
      ['#', 'id', 'question', 'expected']);
  await page.getByText('3 of 3 rows').waitFor();
  await page.getByRole('button', {name: 'Row 2'}).click();
  const dialog = page.getByRole('dialog', {name: 'Row'});
  await dialog.getByText('"The capital of Italy?"').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({state: 'hidden'});
});

webTest('evaluations are compared side by side', async ({page, url}) => {
  await page.goto(`${url}${VIEW}/evaluations`);
  await page.getByLabel('Compare Evaluation_careful').check();
  await page.getByLabel('Compare Evaluation_hasty').check();
  const row = page.getByRole('row', {name: 'The capital of Norway?'});
  await row.waitFor();
  const cells = await row.getByRole('cell').allTextContents();
  assert.match(cells[0], /^Oslo.*right pass/);
  assert.match(cells[1], /^Bergen.*right fail/);
  const fraction = page.getByRole('row', {name: 'isRight.right.true_fraction'});
  assert.match(await fraction.textContent(), /1−0\.333 0\.667$/);
  await page.reload();
  await page.getByRole('row', {name: 'The capital of Norway?'}).waitFor();
});

webTest('charts are drawn, with a table by op and by model',
        async ({page, url}) => {
  await page.goto(`${url}${VIEW}/charts`);
  await page.locator('.plot canvas').nth(4).waitFor();
  assert.deepEqual(await page.locator('.plot figcaption').allTextContents(),
                   ['Latency', 'Calls', 'Errors, per cent of calls', 'Tokens',
                    'Cost']);
  const drawn = await page.locator('.plot canvas').first().evaluate(canvas => {
    const {data} = canvas.getContext('2d')
        .getImageData(0, 0, canvas.width, canvas.height);
    return data.some(byte => byte !== 0);
  });
  assert.ok(drawn);
  const op = page.getByRole('row', {name: /^lookUp/});
  assert.match(await op.textContent(), /^lookUp11/);
  await page.getByRole('row', {name: /^gpt-4o/}).waitFor();
  await page.getByLabel('Time').selectOption('7d');
  await page.waitForURL(/since=7d/);
  await page.locator('.plot canvas').nth(4).waitFor();
});

// How many pixels have the colour of a series, and not the grey of the axes.
const colourful = canvas => {
  const {data} = canvas.getContext('2d')
      .getImageData(0, 0, canvas.width, canvas.height);
  let pixels = 0;
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b, alpha] = data.slice(i, i + 4);
    if (alpha && Math.max(r, g, b) - Math.min(r, g, b) > 60) ++pixels;
  }
  return pixels;
};

webTest('of a young project the charts show the first hour, also one call',
        async ({page, url, api}) => {
  const project = 'acme/young';
  await callBatch(api, project, [{
    id: 'first', trace_id: 'first', op_name: 'first', startMs: 3_500_000,
    endMs: 3_500_040,
  }]);
  await page.goto(`${url}/${project}/r/charts`);
  const canvas = page.locator('.plot canvas').first();
  await canvas.waitFor();
  assert.equal(await page.getByLabel('Time').inputValue(), '1h');
  assert.ok(await canvas.evaluate(colourful) > 5);
  assert.ok(!page.url().includes('since'));

  await callBatch(api, project, [{
    id: 'older', trace_id: 'older', op_name: 'older', startMs: -3_600_000,
    endMs: -3_500_000,
  }]);
  await page.reload();
  await canvas.waitFor();
  assert.equal(await page.getByLabel('Time').inputValue(), '24h');
});

webTest('without prices the charts say so, and draw no cost',
        async ({page, url, api}) => {
  await callBatch(api, 'acme/unpriced', [{
    id: 'unpriced', trace_id: 'unpriced', op_name: 'unpriced', startMs: 0,
    endMs: 40, usage: {'nobodys-model': {prompt_tokens: 5, requests: 1}},
  }]);
  await page.goto(`${url}/acme/unpriced/r/charts`);
  await page.getByText('No prices are known').waitFor();
  await page.locator('.plot canvas').nth(3).waitFor();
  assert.equal(await page.locator('.plot canvas').count(), 4);
});

webTest('views that follow nothing do not claim to', async ({page, url}) => {
  await page.goto(`${url}${VIEW}/diff?a=nothing&b=nothing`);
  await page.getByText('One of the two traces does not exist.').waitFor();
  assert.equal(await page.locator('.live').count(), 0);
  await page.getByRole('link', {name: 'Threads'}).click();
  await page.locator('.live-on').waitFor();
});

webTest('objects and datasets appear as they are published, and go when deleted',
        async ({page, url, api}) => {
  const project = 'acme/published';
  const dataset = description =>
    ({_type: 'Dataset', _class_name: 'Dataset', _bases: ['Object', 'BaseModel'],
      description, rows: []});
  const row = name => page.getByRole('row', {name});
  for (const [view, id, make] of [
    ['objects', 'fresh', text => ({text})],
    ['datasets', 'questions', dataset],
  ]) {
    await page.goto(`${url}/${project}/r/${view}`);
    await page.locator('.empty').waitFor();
    await page.getByText('Live', {exact: true}).waitFor();
    await publish(api, project, id, make('one'));
    await row(id).getByRole('cell', {name: '1', exact: true}).waitFor();
    await publish(api, project, id, make('two'));
    await row(id).getByRole('cell', {name: '2', exact: true}).waitFor();
    await api.post('/obj/delete', {project_id: project, object_id: id});
    await page.locator('.empty').waitFor();
  }
});

webTest('the versions of an object are those of now',
        async ({page, url, api}) => {
  await publish(api, PROJECT, 'prompt', {text: 'short'});
  await page.goto(`${url}${VIEW}/object/prompt`);
  await page.getByText('"short"').waitFor();
  await page.getByText('Live', {exact: true}).waitFor();
  await publish(api, PROJECT, 'prompt', {text: 'much longer'});
  await page.getByRole('heading', {name: 'v1', exact: true}).waitFor();
  await page.getByText('"much longer"').waitFor();
});

webTest('two traces are compared, call by call',
        async ({page, url, api}) => {
  const step = (trace, n, name, ms) => ({
    id: `${trace}-${n}`, trace_id: trace, op_name: name,
    parent_id: n ? `${trace}-0` : undefined, startMs: n * 10,
    endMs: n * 10 + ms, inputs: {n, trace: 'same'}, output: `${trace} ${name}`,
  });
  await callBatch(api, PROJECT, [
    step('one', 0, 'run', 100), step('one', 1, 'load', 5),
    step('one', 2, 'check', 5),
    step('two', 0, 'run', 300), step('two', 1, 'load', 7),
    step('two', 3, 'save', 5),
  ]);
  await page.goto(`${url}/?project=${encodeURIComponent(PROJECT)}&op=run`);
  await page.locator('.trace-row .c-name a').nth(1).waitFor();
  for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
  const compare = page.getByRole('link', {name: 'Compare two traces'});
  await compare.waitFor();
  await page.goto(`${url}${VIEW}/diff?a=one-0&b=two-0`);
  await page.locator('.diff-row').nth(4).waitFor();
  const row = name => page.locator('.diff-row', {hasText: name});
  assert.match(await row('run').textContent(), /100 ms.*300 ms\+200 ms/);
  assert.match(await row('load').textContent(), /5 ms.*7 ms\+2 ms/);
  assert.match(await row('check').getAttribute('class'), /removed/);
  assert.match(await row('save').getAttribute('class'), /added/);
  await row('load').getByRole('button').click();
  const output = page.getByRole('region', {name: 'Output'});
  await output.getByText('"two load"').waitFor();
  await output.getByText('"one load"').waitFor();
  await page.getByText('No difference').waitFor();
});

webTest('a trace that still runs is not compared as if it had ended',
        async ({page, url, api}) => {
  const [start, other] = ['ended', 'open'].map(trace => n => ({
    id: `${trace}-${n}`, trace_id: trace, op_name: n ? 'step' : 'root',
    parent_id: n ? `${trace}-0` : undefined, startMs: 0,
  }));
  await callBatch(api, PROJECT, [
    {...start(0), endMs: 100, output: 'all'}, {...start(1), endMs: 50},
    other(0), {...other(1), endMs: 20},
  ]);
  await page.goto(`${url}${VIEW}/diff?a=ended-0&b=open-0`);
  const facts = page.locator('.trace-summary .facts');
  await facts.waitFor();
  assert.match(await facts.textContent(),
               /^Aroot 100 ms, 2 callsBroot running, 2 callsOnly in A0/);
  const row = name => page.locator('.diff-row', {hasText: name});
  assert.match(await row('root').textContent(), /100 ms.*running$/);
  assert.match(await row('step').textContent(), /20 ms−30 ms/);
  await page.getByText('B had not ended when this was loaded: no output.').waitFor();
  assert.equal(await page.getByRole('region', {name: 'Output'}).count(), 0);
});

webTest('Esc leads back from every view', async ({page, url}) => {
  await page.goto(`${url}/?project=${encodeURIComponent(PROJECT)}`);
  const list = page.url();
  for (const path of ['object/settings', 'dataset/capitals',
                      'thread/support-42']) {
    const [view] = path.split('/');
    await page.goto(`${url}${VIEW}/${path}`);
    await page.getByRole('heading', {level: 1}).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL(`${url}${VIEW}/${view}s`);
    await page.getByRole('heading', {level: 1}).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL(list);
  }
  for (const path of ['diff?a=none&b=none', 'charts', 'call/none']) {
    await page.goto(`${url}${VIEW}/${path}`);
    await page.locator('main h1, main .empty').first().waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL(list);
  }
  await page.goto(`${url}${VIEW}/evaluations`);
  await page.getByLabel('Compare Evaluation_careful').check();
  await page.keyboard.press('Escape');
  await page.waitForURL(list);
  // It leaves a field or a dialog first, also one to choose from.
  await page.goto(`${url}${VIEW}/charts`);
  const time = page.getByLabel('Time', {exact: true});
  await time.focus();
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.activeElement === document.body);
  assert.equal(page.url(), `${url}${VIEW}/charts`);
  await page.goto(`${url}${VIEW}/objects`);
  await page.getByLabel('Find by name').focus();
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.getByRole('dialog', {name: 'Keys'}).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', {name: 'Keys'}).waitFor({state: 'hidden'});
  assert.equal(page.url(), `${url}${VIEW}/objects`);
});

webTest('traces are compared by their own ids too; a missing one is named',
        async ({page, url, api}) => {
  await callBatch(api, PROJECT, ['x', 'y'].map((trace, i) => ({
    id: `call-of-${trace}`, trace_id: `trace-${trace}`, op_name: 'run',
    startMs: 0, endMs: 10 + 10 * i,
  })));
  await page.goto(`${url}${VIEW}/diff?a=trace-x&b=trace-y&at=nonsense`);
  await page.locator('.diff-row', {hasText: '10 ms'}).getByText('+10 ms')
      .waitFor();
  assert.deepEqual(
      await page.locator('.trace-summary dd a').evaluateAll(
          links => links.map(link => link.pathname)),
      [`${VIEW}/call/call-of-x`, `${VIEW}/call/call-of-y`]);
  await page.goto(`${url}${VIEW}/diff?a=trace-x&b=trace-z`);
  await page.getByText(`There is no call and no trace trace-z in ${PROJECT}.`)
      .waitFor();
  await page.getByRole('main').getByRole('link', {name: 'All traces'}).click();
  await page.getByRole('link', {name: 'run'}).first().waitFor();
});

webTest('refs lead to what they name', async ({page, url, api}) => {
  const calls = await api.calls();
  const scored = calls.find(
      call => /predict_?and_?score/i.test(call.op_name));
  await page.goto(`${url}${VIEW}/call/${scored.id}`);
  await page.getByRole('region', {name: 'Inputs'})
      .getByRole('link', {name: /object\/capitals:/}).click();
  await page.waitForURL(/\/r\/object\/capitals\?v=/);
  await page.getByRole('heading', {name: 'capitals'}).waitFor();
});

webTest('an empty project says so in every view', async ({page, url}) => {
  for (const view of ['threads', 'objects', 'datasets', 'evaluations',
                      'charts']) {
    await page.goto(`${url}/acme/nothing/r/${view}`);
    await page.locator('.empty').waitFor();
  }
});

webTest('the views fit a narrow window', async ({page, url}) => {
  for (const path of ['/', `${VIEW}/threads`, `${VIEW}/objects`,
                      `${VIEW}/evaluations`, `${VIEW}/charts`]) {
    await page.goto(url + path);
    await page.locator('main table, main .rows').first().waitFor();
    const [wide, window] = await page.evaluate(() =>
      [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(wide <= window, `${path}: ${wide} > ${window}`);
  }
}, {viewport: {width: 420, height: 800}});
