// The same as flush.mjs, in CommonJS.
const weave = require('weave');

weave.init('sdk-team/programs', {printCallLink: false}).then(() => {
  const step = weave.op(async function step(n) { return n; });
  const run = weave.op(async function run(n) {
    return await Promise.all([1, 2, 3, 4].map(i => step(n * 10 + i)));
  });
  for (let n = 0; n < 30; ++n) run(n);
});
