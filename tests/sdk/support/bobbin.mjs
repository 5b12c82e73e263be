// A bobbin on a new file and a free port.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

// A line of the request log: method, path, status, and more that is not
// looked at.
const REQUEST = /^info: (?:GET|POST|PUT|DELETE) (\S+) (\d{3})\b/;

export class Bobbin {
  // `options` are further ones of `bobbin serve`.
  static async start(options = []) {
    const bobbin = new Bobbin(options);
    await bobbin.#ready();
    return bobbin;
  }

  #child;
  #log = '';

  constructor(options) {
    this.dir = mkdtempSync(join(tmpdir(), 'bobbin-sdk-'));
    const file = join(this.dir, 'calls.db');
    const serve = [process.env.BOBBIN_BINARY, 'serve', '--db', file,
                   '--port', '0', '--log-level', 'info', ...options];
    // However this process ends, the server ends with it.
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...serve],
                        {stdio: ['ignore', 'pipe', 'pipe']});
    this.#child.stderr.setEncoding('utf8');
    this.#child.stderr.on('data', text => { this.#log += text; });
  }

  async #ready() {
    for await (const line of createInterface(this.#child.stdout)) {
      const [name, url] = line.split('=');
      assert.equal(name, 'READY', `bobbin said: ${line}`);
      this.url = url;
      return;
    }
    assert.fail(`bobbin did not start:\n${this.#log}`);
  }

  // Stops the server and returns what it answered: [{path, status}].
  async stop() {
    this.#child.kill('SIGTERM');
    if (this.#child.exitCode === null) await once(this.#child, 'close');
    rmSync(this.dir, {recursive: true});
    assert.equal(this.#child.exitCode, 0, this.#log);
    return this.#log.split('\n').map(line => REQUEST.exec(line))
        .filter(match => match !== null)
        .map(([, path, status]) => ({path, status: Number(status)}));
  }
}
