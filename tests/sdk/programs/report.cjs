// A program that reports an evaluation of its own, step by step and without
// waiting for any of them. In CommonJS.
const weave = require('weave');

weave.init('sdk-team/programs', {printCallLink: false}).then(() => {
  const log = new weave.EvaluationLogger({name: 'reported', dataset: 'mine'});
  for (let n = 0; n < 10; ++n) {
    const prediction = log.logPrediction({n}, {double: 2 * n});
    prediction.logScore('even', n % 2 === 0);
    prediction.logScore('size', n);
    prediction.finish();
  }
  log.logSummary();
});
