// A program that dies of what an op throws.
import * as weave from 'weave';

await weave.init('sdk-team/programs', {printCallLink: false});
const fail = weave.op(async function fail() { throw new Error('fatal'); });
const run = weave.op(async function run() { return await fail(); });
await run();
