// A program that reads what evaluate.mjs has left.
import * as weave from 'weave';

const client =
    await weave.init('sdk-team/programs', {printCallLink: false});
const named = name => weave.ObjectRef.fromUri(
    `weave:///sdk-team/programs/object/${name}`);

const [root] = await client.getCalls({trace_roots_only: true});
const dataset = await client.get(await named('capitals'));
const countries = [];
for await (const row of dataset) countries.push(row.country);
const prompt = await named('ask').get();
console.log(JSON.stringify([
  root.output.right, countries, prompt.format({country: 'Mali'}),
]));
