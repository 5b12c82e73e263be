// The page is of use with a screen reader, with the keys alone, and to eyes
// that need contrast (WCAG 2.1 AA, as far as a machine can tell).
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

import {opName} from '../sdk/support/api.mjs';
import {webTests} from './support/browser.mjs';
import {callBatch} from './support/calls.mjs';
import {recordPrices, recordThread, recordWithSdk} from './support/record.mjs';

const PROJECT = 'acme/support-bot';
const AXE = readFileSync(
    createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const webTest = webTests(PROJECT, async shared => {
  await recordPrices(shared);
  await recordWithSdk(shared);
  await recordThread(shared);
  await callBatch(shared.api, PROJECT, [
    {id: 'running', trace_id: 'running', op_name: 'running', startMs: 0},
  ]);
  const calls = await shared.api.calls();
  const id = name => calls.find(
      call => call.op_name.startsWith('weave:') && opName(call) === name).id;
  shared.paths = [
    ['/', '.trace-row'],
    [`/${PROJECT}/r/call/${id('refund')}`, '.exception'],
    [`/${PROJECT}/r/call/running`, '.bar-plate'],
    [`/${PROJECT}/r/call/${id('openai.chat.completions.create')}`, '.chat'],
    [`/${PROJECT}/r/call/${id('answer')}?tab=code`, '.source'],
    [`/${PROJECT}/r/call/${id('answer')}?tab=details`, '.fact'],
    [`/${PROJECT}/r/call/${id('answer')}?tab=feedback`, '.feedback-form'],
    [`/${PROJECT}/r/threads`, 'tbody'],
    [`/${PROJECT}/r/thread/support-42`, '.chat'],
    [`/${PROJECT}/r/object/settings`, '.json'],
    [`/${PROJECT}/r/dataset/capitals`, 'tbody'],
    [`/${PROJECT}/r/evaluations`, 'tbody'],
    [`/${PROJECT}/r/charts`, '.plot canvas'],
    [`/${PROJECT}/r/diff?a=turn-1&b=turn-2`, '.diff-line'],
  ];
});

for (const colorScheme of ['dark', 'light']) {
  webTest(`no view has a fault that axe knows, ${colorScheme}`,
          async ({page, url, paths}) => {
    const found = [];
    for (const [path, seen] of paths) {
      await page.goto(url + path);
      await page.locator(seen).first().waitFor();
      await page.evaluate(AXE);
      const {violations} = await page.evaluate(() => window.axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'],
      }));
      for (const {id, nodes} of violations) {
        found.push(`${path}: ${id}: ${nodes[0].html.slice(0, 200)} ` +
            `(${nodes.length}) ${nodes[0].failureSummary}`);
      }
    }
    assert.deepEqual(found, []);
  }, {colorScheme});
}

webTest('the landmarks are there, and the first key leads past them',
        async ({page, url}) => {
  await page.goto(url);
  for (const role of ['banner', 'navigation', 'main', 'search']) {
    await page.getByRole(role).first().waitFor();
  }
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', {name: 'Skip to the content'});
  assert.ok(await skip.evaluate(e => e === document.activeElement));
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
});

webTest('where the keys are is always seen', async ({page, url}) => {
  await page.goto(url);
  await page.locator('.trace-row .c-name a').first().waitFor();
  for (let i = 0; i < 25; ++i) {
    await page.keyboard.press('Tab');
    const outline = await page.evaluate(() => {
      const {activeElement: e} = document;
      if (e === document.body) return 'none is needed';
      const style = getComputedStyle(e);
      return style.outlineStyle === 'none' ? e.outerHTML : 'seen';
    });
    assert.match(outline, /seen|none is needed/);
  }
});
