// What the tests look at: recorded by the real SDK, and by HTTP where that
// does not go.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';

import {callBatch} from './calls.mjs';

const PROGRAM = fileURLToPath(new URL('record_sdk.mjs', import.meta.url));

export async function recordWithSdk({bobbin, url, projectId}) {
  const child = spawn(process.execPath, [PROGRAM, projectId], {
    cwd: bobbin.dir,
    env: {
      HOME: bobbin.dir,
      PATH: process.env.PATH,
      WF_TRACE_SERVER_URL: url,
      WANDB_API_KEY: 'any',
      NODE_NO_WARNINGS: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', text => { said += text; });
  child.stderr.on('data', text => { said += text; });
  const [code] = await once(child, 'close');
  assert.equal(code, 0, said);
}

// Prices, so that there are costs.
export async function recordPrices({api}) {
  await api.post('/cost/create', {costs: {'gpt-4o': {
    prompt_token_cost: 0.0000025,
    completion_token_cost: 0.00001,
    effective_date: '2024-01-01T00:00:00Z',
  }}});
}

// Two turns of a conversation.
export async function recordThread({api, projectId}) {
  const turn = (n, question, reply) => ({
    id: `turn-${n}`,
    trace_id: `turn-trace-${n}`,
    thread_id: 'support-42',
    turn_id: `turn-${n}`,
    op_name: 'chat_turn',
    startMs: n * 60_000,
    endMs: n * 60_000 + 900,
    inputs: {messages: [{role: 'user', content: question}]},
    output: {role: 'assistant', content: reply},
  });
  await callBatch(api, projectId, [
    turn(1, 'My parcel is late.', 'Let me look. Which number does it have?'),
    turn(2, 'It is 4711.', 'It will come tomorrow.'),
  ]);
}
