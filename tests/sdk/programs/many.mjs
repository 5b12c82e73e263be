// A program that makes 2,000 calls, 200 traces of 10, as fast as it can, and
// leaves when the SDK has sent them all.
import * as weave from 'weave';

const client =
    await weave.init('sdk-team/programs', {printCallLink: false});
const step = weave.op(async function step(root, n) {
  return {root, n};
}, {parameterNames: ['root', 'n']});
const run = weave.op(async function run(root) {
  for (let n = 0; n < 9; ++n) await step(root, n);
  return root;
}, {parameterNames: ['root']});
await Promise.all(Array.from({length: 200}, (_, root) => run(root)));
await client.waitForBatchProcessing();
process.exit();
