// A program that makes 10 traces of 2 calls and waits until the SDK has sent
// them. With the argument `read` it then asks for them. It says what came of
// that in its last line, as JSON.
import * as weave from 'weave';

const client = await weave.init('sdk-team/programs', {printCallLink: false});
const step = weave.op(async function step(n) { return n; });
const run = weave.op(async function run(n) { return await step(n); });
for (let n = 0; n < 10; ++n) await run(n);
await client.waitForBatchProcessing();
const said = {};
if (process.argv[2] === 'read') {
  try {
    said.read = (await client.getCalls()).length;
  } catch (error) {
    said.error = String(error);
  }
}
process.stdout.write(`\n${JSON.stringify(said)}\n`, () => process.exit());
