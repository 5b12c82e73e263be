// Makes the pictures of the README:
//
//   BOBBIN_BINARY=build/bobbin node tests/web/screenshots/make.mjs
//
// tests/web/run has installed what it needs.
import {fileURLToPath} from 'node:url';

import {Api} from '../../sdk/support/api.mjs';
import {Bobbin} from '../../sdk/support/bobbin.mjs';
import {launch} from '../support/browser.mjs';
import {callBatch} from '../support/calls.mjs';
import {recordPrices, recordThread} from '../support/record.mjs';

const PROJECT = 'acme/support-bot';

// Name, start and end in milliseconds, parent, more.
const STEPS = [
  ['answer_ticket', 0, 4310, null],
  ['load_ticket', 12, 96, 0],
  ['fetch_history', 15, 480, 0],
  ['query_orders', 20, 210, 2],
  ['query_messages', 24, 455, 2],
  ['retrieve', 490, 1180, 0],
  ['embed', 495, 640, 5, {usage: {'text-embedding-3-small': {
    prompt_tokens: 64, total_tokens: 64, requests: 1}}}],
  ['vector_search', 645, 930, 5],
  ['rerank', 935, 1170, 5],
  ['openai.chat.completions.create', 1190, 2840, 0, {chat: true}],
  ['lookup_parcel', 2850, 3120, 0,
   {exception: 'CarrierTimeout: no answer within 250 ms'}],
  ['lookup_parcel', 3125, 3300, 0],
  ['openai.chat.completions.create', 3310, 4220, 0, {chat: true}],
  ['check_tone', 4225, 4295, 0],
];

const CHAT = {
  inputs: {
    model: 'gpt-4o',
    temperature: 0.2,
    messages: [
      {role: 'system', content: 'You answer for the shop. Use the tools to ' +
        'look up parcels. Be brief and kind.'},
      {role: 'user', content: 'My parcel should have come on Monday. Where ' +
        'is it?'},
    ],
  },
  output: {choices: [{message: {
    role: 'assistant',
    content: 'I am sorry for the wait. Let me look that up for you.',
    tool_calls: [{function: {
      name: 'lookup_parcel', arguments: '{"order": "4711"}',
    }}],
  }}]},
  usage: {'gpt-4o': {prompt_tokens: 1184, completion_tokens: 57,
                     total_tokens: 1241, requests: 1}},
};

function trace(id, atMs, scale, name, steps) {
  return STEPS.slice(0, steps).map(([op, start, end, parent, more = {}], i) => {
    const {chat, ...rest} = more;
    return {
      id: `${id}-${i}`,
      trace_id: id,
      parent_id: parent === null ? undefined : `${id}-${parent}`,
      op_name: i === 0 ? name : op,
      startMs: atMs + start * scale,
      endMs: atMs + end * scale,
      inputs: {ticket: 'T-2041', customer: 'c_318'},
      output: {ok: true},
      ...(chat ? CHAT : {}),
      ...rest,
    };
  });
}

const bobbin = await Bobbin.start();
const browser = await launch();
try {
  const api = new Api(bobbin.url, PROJECT);
  await recordPrices({api});
  await recordThread({api, projectId: PROJECT});
  const kinds = [['answer_ticket', 1, 10], ['answer_ticket', 1.7, 14],
                 ['summarise_day', 3.1, 9], ['answer_ticket', 0.6, 14],
                 ['triage', 0.3, 2], ['answer_ticket', 1.2, 10],
                 ['find_similar', 0.4, 9]];
  for (let i = 0; i < 24; ++i) {
    const [name, scale, steps] = kinds[i % kinds.length];
    const calls = trace(`t${i}`, 150_000 * i, scale * (1 + i % 5 / 11), name,
                        steps);
    if (i % 9 === 4) calls[0].exception = 'RateLimitError: 429, try later';
    if (i === 23) delete calls[0].endMs;
    await callBatch(api, PROJECT, calls);
  }
  for (const [i, emoji] of [[21, '👍'], [17, '👍'], [17, '👎']]) {
    await api.post('/feedback/create', {
      weave_ref: `weave:///${PROJECT}/call/t${i}-0`,
      feedback_type: 'wandb.reaction.1',
      payload: {emoji},
    });
  }
  const shoot = async (name, path, colorScheme, seen) => {
    const page = await browser.newPage({
      viewport: {width: 1280, height: 560}, colorScheme,
    });
    await page.goto(bobbin.url + path);
    await page.locator(seen).first().waitFor();
    await page.locator('.live-on').waitFor();
    await page.screenshot({
      path: fileURLToPath(new URL(`${name}.png`, import.meta.url)),
    });
    await page.close();
  };
  await shoot('traces', `/?project=${PROJECT}`, 'light', '.trace-row .c-name a');
  await shoot('trace', `/${PROJECT}/r/call/t3-9`, 'dark', '.chat-assistant');
} finally {
  await browser.close();
  await bobbin.stop();
}
