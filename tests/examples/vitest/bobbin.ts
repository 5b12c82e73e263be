// What a test wants from its backend, for a project of its own.
import * as weave from 'weave';
import {afterEach, beforeEach, expect} from 'vitest';

type Json = Record<string, unknown>;

async function request(method: string, path: string, body?: Json) {
  const answer = await fetch(process.env.WF_TRACE_SERVER_URL + path, {
    method,
    headers: {'Content-Type': 'application/json'},
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return text;
}

export class Project {
  constructor(readonly id: string) {}

  // All calls, oldest first; `query` as for /calls/stream_query.
  async calls(query: Json = {}): Promise<any[]> {
    const lines = await this.post('/calls/stream_query', query);
    return lines.split('\n').filter(Boolean).map(line => JSON.parse(line));
  }

  // Until it is there: {calls: 3, ended: 3, none_open: true}. The SDK sends in
  // the background.
  wait = (wanted: Json) => this.post('/_bobbin/wait', wanted);

  // The calls are as expected; if not, the error says where not.
  assertTree = (tree: Json | Json[], how: Json = {}) =>
      this.post('/_bobbin/assert/tree', {expect: tree, ...how});

  // Answers to requests about this project go wrong.
  fault = (kind: string, rule: Json = {}) =>
      this.post('/_bobbin/faults', {kind, ...rule});

  // So many requests, or calls, came.
  verify = (...expected: Json[]) => request('POST', '/_bobbin/verify', {
    expect: expected.map(one => ({project_id: this.id, ...one})),
  });

  // What the SDK did that it perhaps should not have done.
  report = async () =>
      JSON.parse(await request('GET', `/_bobbin/report?${this.named()}`));

  // The calls as text that is the same in every run.
  golden = (how: Json = {}) => this.post('/_bobbin/golden', how);

  async forget() {
    await request('DELETE', `/_bobbin/faults?${this.named()}`);
    await this.post('/_bobbin/reset');
  }

  private named() {
    return `project_id=${encodeURIComponent(this.id)}`;
  }
  private post(path: string, body: Json = {}) {
    return request('POST', path, {project_id: this.id, ...body});
  }
}

export let project: Project;
let client: Awaited<ReturnType<typeof weave.init>>;

beforeEach(async () => {
  const name = (expect.getState().currentTestName ?? 'test')
      .replace(/[^A-Za-z0-9_.-]/g, '_').slice(-60);
  project = new Project(`tests/${name}`);
  client = await weave.init(project.id);
});

afterEach(async () => {
  await client.waitForBatchProcessing();
  await project.forget();
});
