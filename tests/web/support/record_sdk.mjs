// A program that uses the Weave SDK as people do: record_sdk.mjs PROJECT
//
// What it records is the same every time, but for ids and times.
import {deflateSync} from 'node:zlib';
import * as weave from 'weave';

const client = await weave.init(process.argv[2], {printCallLink: false});

function crc(bytes) {
  let c = ~0;
  for (const byte of bytes) {
    c ^= byte;
    for (let k = 0; k < 8; ++k) c = c & 1 ? c >>> 1 ^ 0xedb88320 : c >>> 1;
  }
  return ~c >>> 0;
}

// A picture of some colours.
function png(size) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length);
    frame.writeUInt32BE(crc(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const rows = Buffer.alloc(size * (1 + 3 * size));
  for (let y = 0; y < size; ++y) {
    for (let x = 0; x < size; ++x) {
      rows.set([40 + 160 * x / size, 90 + 120 * y / size, 200],
               y * (1 + 3 * size) + 1 + 3 * x);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0)),
  ]);
}

// A short tone.
function wav() {
  const rate = 8000;
  const data = Buffer.alloc(rate / 2);
  for (let i = 0; i < data.length; ++i) {
    data[i] = 128 + 60 * Math.sin(i * 2 * Math.PI * 440 / rate);
  }
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

// Stands in for the client of a language model; the SDK wraps it as it wraps
// the real one.
const openai = weave.wrapOpenAI({
  chat: {completions: {
    async create({messages, model}) {
      await pause(30);
      const question = messages.at(-1).content;
      return {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        model,
        choices: [{
          index: 0,
          finish_reason: 'stop',
          message: {
            role: 'assistant',
            content: `You asked: "${question}"\n\nA trace is the tree of ` +
                'calls that one request set off.',
          },
        }],
        usage: {prompt_tokens: 412, completion_tokens: 96, total_tokens: 508},
      };
    },
  }},
  beta: {chat: {completions: {parse() {}}}},
  images: {generate() {}},
});

const retrieve = weave.op(async function retrieve(question) {
  await pause(15);
  return [
    {title: 'Traces', score: 0.92, words: question.split(' ')},
    {title: 'Threads', score: 0.41, words: []},
  ];
}, {parameterNames: ['question']});

const rerank = weave.op(async function rerank(documents) {
  await pause(8);
  return documents.toSorted?.((a, b) => b.score - a.score) ?? documents;
}, {parameterNames: ['documents']});

const answer = weave.op(async function answer(question) {
  const documents = await rerank(await retrieve(question));
  const reply = await openai.chat.completions.create({
    model: 'gpt-4o',
    temperature: 0.2,
    messages: [
      {role: 'system', content: 'Answer briefly, from the documents.'},
      {role: 'user', content: question},
    ],
  });
  return {reply: reply.choices[0].message.content, documents};
}, {parameterNames: ['question']});

await answer('What is a trace?');
await answer('How long is a turn?');

const lookUp = weave.op(async function lookUp(id) {
  await pause(5);
  throw new Error(`No customer has the id ${id}`);
}, {parameterNames: ['id']});
const refund = weave.op(async function refund(id) {
  return await lookUp(id);
}, {parameterNames: ['id']});
await refund(17).catch(() => {});

const draw = weave.op(async function draw(what) {
  await pause(4);
  return {
    what,
    picture: weave.weaveImage({data: png(96), imageType: 'png'}),
    sound: weave.weaveAudio({data: wav(), audioType: 'wav'}),
  };
}, {parameterNames: ['what']});
await draw('a gradient');

// --- objects, a dataset, evaluations ---------------------------------------

await client.publish(
    {model: 'gpt-4o', temperature: 0.2, stop: ['\n']}, 'settings');
await client.publish(
    {model: 'gpt-4o-mini', temperature: 0.7, stop: ['\n']}, 'settings');

const dataset = new weave.Dataset({
  name: 'capitals',
  rows: [
    {id: 1, question: 'The capital of France?', expected: 'Paris'},
    {id: 2, question: 'The capital of Italy?', expected: 'Rome'},
    {id: 3, question: 'The capital of Norway?', expected: 'Oslo'},
  ],
});
await dataset.save();
const isRight = weave.op(function isRight({modelOutput, datasetRow}) {
  return {right: modelOutput === datasetRow.expected,
          length: modelOutput.length};
});
const evaluation = new weave.Evaluation({dataset, scorers: [isRight]});
const ANSWERS = {1: 'Paris', 2: 'Rome', 3: 'Oslo'};
const careful = weave.op(async function careful({datasetRow}) {
  await pause(3);
  return ANSWERS[datasetRow.id];
});
const hasty = weave.op(async function hasty({datasetRow}) {
  return datasetRow.id === 3 ? 'Bergen' : ANSWERS[datasetRow.id];
});
await evaluation.evaluate({model: careful});
await evaluation.evaluate({model: hasty});

await client.waitForBatchProcessing();
process.exit();
