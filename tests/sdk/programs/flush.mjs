// A program that makes 30 traces of 5 calls and ends without waiting for
// anything to be sent.
import * as weave from 'weave';

await weave.init('sdk-team/programs', {printCallLink: false});
const step = weave.op(async function step(n) { return n; });
const run = weave.op(async function run(n) {
  return await Promise.all([1, 2, 3, 4].map(i => step(n * 10 + i)));
});
for (let n = 0; n < 30; ++n) run(n);
