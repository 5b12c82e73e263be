// bobbin's HTTP API, for looking at what an SDK has left there.
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';

export class Api {
  constructor(url, projectId) {
    this.url = url;
    this.projectId = projectId;
  }

  async post(path, body) {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({project_id: this.projectId, ...body}),
    });
    if (response.status !== 200) {
      assert.fail(`${path}: ${response.status} ${await response.text()}`);
    }
    return response;
  }

  // All calls of the project, oldest first.
  async calls(query = {}) {
    const response = await this.post('/calls/stream_query', query);
    const lines = (await response.text()).split('\n');
    assert.equal(lines.pop(), '', 'the last line has its line break');
    return lines.map(line => JSON.parse(line));
  }

  // The only call of the op of that name.
  async onlyCall(name) {
    const calls = (await this.calls()).filter(call => opName(call) === name);
    assert.equal(calls.length, 1, `calls of ${name}`);
    return calls[0];
  }

  async readText(id) {
    return await (await this.post('/call/read', {id})).text();
  }

  async read(id) {
    return JSON.parse(await this.readText(id)).call;
  }

  async count(filter = {}) {
    const response = await this.post('/calls/query_stats', {filter});
    return (await response.json()).count;
  }

  async json(path, body = {}) {
    return await (await this.post(path, body)).json();
  }

  // The only version of the object of that name.
  async onlyObject(objectId) {
    const {objs} =
        await this.json('/objs/query', {filter: {object_ids: [objectId]}});
    assert.equal(objs.length, 1, `versions of ${objectId}`);
    return objs[0];
  }

  // The rows of a table, by its digest or its ref, in their order.
  async rows(table, query = {}) {
    const digest = table.split('/').pop();
    return (await this.json('/table/query', {digest, ...query})).rows;
  }

  // What the refs stand for, in their order.
  async resolve(refs) {
    const response = await fetch(this.url + '/refs/read_batch', {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({refs}),
    });
    assert.equal(response.status, 200);
    return (await response.json()).vals;
  }

  // The feedback on a call, oldest first.
  async feedbackOn(call) {
    const {result} = await this.json('/feedback/query', {
      query: {$expr: {$eq: [{$getField: 'weave_ref'},
                            {$literal: this.callRef(call.id)}]}},
      sort_by: [{field: 'created_at', direction: 'asc'}],
    });
    return result;
  }

  callRef(id) {
    return `weave:///${this.projectId}/call/${id}`;
  }

  async file(digest) {
    const response = await this.post('/file/content', {digest});
    return Buffer.from(await response.arrayBuffer());
  }
}

// The name inside an op ref: weave:///entity/project/op/NAME:digest
export function opName(call) {
  return /^weave:\/\/\/[^/]+\/[^/]+\/op\/([^:]+):/.exec(call.op_name)[1];
}

// What the service calls a digest of bytes or text.
export function digestOf(content) {
  return createHash('sha256').update(content).digest('base64url')
      .replaceAll('-', 'X').replaceAll('_', 'Y');
}

// What it calls the table of the rows with these digests.
export function tableDigestOf(rowDigests) {
  return createHash('sha256').update(rowDigests.join('')).digest('hex');
}
