// A program that evaluates a model over a dataset, prints the scores, and ends
// without waiting for anything to be sent.
import * as weave from 'weave';

const client =
    await weave.init('sdk-team/programs', {printCallLink: false});

const prompt = new weave.StringPrompt(
    {name: 'ask', content: 'What is the capital of {country}?'});
await client.publish(prompt);
const dataset = new weave.Dataset({name: 'capitals', rows: [
  {country: 'France', capital: 'Paris'},
  {country: 'Peru', capital: 'Lima'},
  {country: 'Chad', capital: 'N\'Djamena'},
]});
const guess = weave.op(async function guess({datasetRow}) {
  return prompt.format(datasetRow).includes('France') ? 'Paris' : 'Lima';
});
const right = weave.op(function right({datasetRow, modelOutput}) {
  return datasetRow.capital === modelOutput;
});
const letters = weave.op(function letters({modelOutput}) {
  return modelOutput.length;
});

const evaluation = new weave.Evaluation(
    {name: 'geography', dataset, scorers: [right, letters]});
const summary = await evaluation.evaluate({model: guess, maxConcurrency: 1});
console.log(JSON.stringify([summary.right, summary.letters]));
