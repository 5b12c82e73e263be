import {expect, test} from 'vitest';

import {project} from './bobbin';
import {answer} from './chatbot';

test('what was recorded', async () => {
  expect(await answer('why')).toBe('You asked: why (1 page)');

  await project.wait({ended: 3, none_open: true});
  const calls = await project.calls({sort_by: [
    {field: 'started_at', direction: 'asc'}]});
  expect(calls.map(call => call.op_name.match(/op\/([^:]*)/)[1]).sort())
      .toEqual(['answer', 'generate', 'lookUp']);
  expect(calls.filter(call => !call.parent_id)).toHaveLength(1);
});

test('the tree of calls', async () => {
  await answer('how so');

  await project.wait({ended: 3, none_open: true});
  await project.assertTree({
    op: 'answer',
    output: {$regex: '^You asked'},
    children: [
      {op: 'lookUp', output: ['a page']},
      {op: 'generate', output: {$type: 'string'}},
    ],
  });
});

test('another tree is told apart', async () => {
  await answer('why');

  await project.wait({ended: 3, none_open: true});
  await expect(project.assertTree({op: 'answer', output: 'something else'}))
      .rejects.toThrow(/something else/);
});

test('an error is recorded', async () => {
  await expect(answer('')).rejects.toThrow('no question');

  await project.wait({ended: 2, none_open: true});
  const calls = await project.calls();
  expect(calls.map(call => call.exception))
      .toEqual([expect.stringContaining('no question'),
                expect.stringContaining('no question')]);
});

test('a busy backend is asked again, and nothing is lost', async () => {
  await project.fault('status', {status: 503, times: 1, route: '/call/*'});

  await answer('why');

  await project.wait({ended: 3, none_open: true});
  await project.verify({route: '/call/*', status: 503, exactly: 1});
  expect((await project.report()).total.orphans.count).toBe(0);
});

test('the same question leaves the same trace', async () => {
  await answer('why');
  await project.wait({ended: 3, none_open: true});
  const first = await project.golden();
  await project.forget();
  await answer('why');
  await project.wait({ended: 3, none_open: true});

  expect(await project.golden()).toBe(first);
});
