import * as weave from 'weave';

// Named, for bundlers may rename functions.
const lookUp = weave.op(async (words: string[]) => {
  if (words.length === 0) throw new Error('no question');
  return ['a page'];
}, {name: 'lookUp'});

const generate = weave.op(async (question: string, pages: string[]) => {
  return `You asked: ${question} (${pages.length} page)`;
}, {name: 'generate'});

export const answer = weave.op(async (question: string) => {
  const pages = await lookUp(question.split(' ').filter(Boolean));
  return await generate(question, pages);
}, {name: 'answer'});
