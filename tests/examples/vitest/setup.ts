// One bobbin for the whole run.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';

export default async function setup() {
  // The pipe closes with this process, even if that is killed.
  const bobbin = spawn(
      process.env.BOBBIN_BINARY ?? 'bobbin',
      ['serve', '--ephemeral', '--port', '0', '--exit-on-stdin-close'],
      {stdio: ['pipe', 'pipe', 'ignore']});
  const [line] = await once(createInterface(bobbin.stdout), 'line');
  process.env.WF_TRACE_SERVER_URL = line.replace('READY=', '');
  process.env.WANDB_API_KEY = '0123456789'.repeat(4);

  return async () => {
    bobbin.stdin.end();
    await once(bobbin, 'exit');
  };
}
