// Images and audio: files, with a placeholder where they were.
import assert from 'node:assert/strict';

import {digestOf} from './support/api.mjs';
import {sdkTest} from './support/with_sdk.mjs';

// Bytes of every value, among them those that end lines, parts and strings.
const bytesOf = (length, seed) => Buffer.from(
    Array.from({length}, (_, i) => (i * 31 + seed + (i >> 8)) % 256));

const custom = (type, name, data) => ({
  _type: 'CustomWeaveType', weave_type: {type},
  files: {[name]: digestOf(data)}, load_op: 'NO_LOAD_OP',
});
const image = data => custom('PIL.Image.Image', 'image.png', data);
const audio = data => custom('wave.Wave_read', 'audio.wav', data);

sdkTest('images and audio in inputs and outputs are stored as files',
        async sdk => {
  const {weave, api, flush} = sdk;
  const [drawn, spoken, mixed] = [1, 2, 3].map(n => bytesOf(40_000, n));
  const listen = weave.op(async function listen(question) {
    return {
      picture: weave.weaveImage({data: mixed, imageType: 'png'}),
      list: [weave.weaveAudio({data: spoken}), 'text', question.n],
    };
  }, {parameterNames: ['question']});

  await listen({
    n: 1, picture: weave.weaveImage({data: drawn}),
    deep: [{sound: weave.weaveAudio({data: spoken, audioType: 'wav'})}],
  });
  await flush();

  const call = await api.onlyCall('listen');
  assert.deepEqual(call.inputs.question, {
    n: 1, picture: image(drawn), deep: [{sound: audio(spoken)}],
  });
  assert.deepEqual(call.output,
                   {picture: image(mixed), list: [audio(spoken), 'text', 1]});
  for (const data of [drawn, spoken, mixed]) {
    assert.deepEqual(await api.file(digestOf(data)), data);
  }
});

sdkTest('empty files and the bytes of a form are kept as they are',
        async sdk => {
  const {weave, api, flush} = sdk;
  const contents = [
    Buffer.alloc(0), Buffer.from('\r\n--'), Buffer.from('\r\n\r\n--\r\n'),
    Buffer.from('--form\r\nContent-Disposition: form-data; name="file"'),
    Buffer.from([0]), bytesOf(1, 200),
  ];
  const draw = weave.op(async function draw() {
    return contents.map(data => weave.weaveImage({data}));
  });

  await draw();
  await flush();

  assert.deepEqual((await api.onlyCall('draw')).output, contents.map(image));
  for (const data of contents) {
    assert.deepEqual(await api.file(digestOf(data)), data);
  }
});

sdkTest('a picture of several megabytes arrives whole', async sdk => {
  const {weave, api, flush} = sdk;
  const data = Buffer.alloc(9_000_001, bytesOf(65_537, 9));
  const draw = weave.op(async function draw() {
    return weave.weaveImage({data});
  });

  await draw();
  await flush();

  assert.deepEqual((await api.onlyCall('draw')).output, image(data));
  assert.ok((await api.file(digestOf(data))).equals(data));
});

sdkTest('the same picture twice is one file', async sdk => {
  const {weave, api, flush} = sdk;
  const data = bytesOf(5000, 4);
  const draw = weave.op(async function draw(n) {
    return {n, picture: weave.weaveImage({data})};
  });

  await draw(1);
  await draw(2);
  await flush();

  const [first, second] = await api.calls();
  assert.deepEqual(first.output.picture, image(data));
  assert.deepEqual(second.output.picture, image(data));
  const {total_size_bytes} = await api.json('/files/query_stats');
  // The other file is the source of the op.
  const [{val}] = (await api.json('/objs/query')).objs;
  const source = await api.file(val.files['obj.py']);
  assert.equal(total_size_bytes, data.length + source.length);
});

sdkTest('a dataset can hold pictures and sounds', async sdk => {
  const {weave, client, api} = sdk;
  const [picture, sound] = [bytesOf(3000, 5), bytesOf(3000, 6)];

  const ref = await new weave.Dataset({name: 'seen and heard', rows: [
    {label: 'cat', picture: weave.weaveImage({data: picture})},
    {label: 'dog', sound: weave.weaveAudio({data: sound})},
  ]}).save();

  const dataset = await client.get(ref);
  assert.deepEqual(dataset.getRow(0).picture, image(picture));
  assert.deepEqual(dataset.getRow(1).sound, audio(sound));
  const [digest] = await api.resolve([
    `${ref.uri()}/attr/rows/index/1/key/sound/key/files/key/audio.wav`,
  ]);
  assert.deepEqual(await api.file(digest), sound);
});

sdkTest('published pictures and sounds are objects', async sdk => {
  const {weave, client, api} = sdk;
  const data = bytesOf(2000, 7);

  const refs = [
    await client.publish(weave.weaveImage({data}), 'picture'),
    await client.publish(weave.weaveAudio({data}), 'sound'),
  ];

  assert.deepEqual((await api.onlyObject('picture')).val, image(data));
  assert.deepEqual((await api.onlyObject('sound')).val, audio(data));
  // This SDK fetches the file, but has nothing to show it with yet.
  for (const ref of refs) assert.equal(await client.get(ref), 'Coming soon!');
});

sdkTest('the generated client uploads and downloads a file', async sdk => {
  const {client, projectId} = sdk;
  const data = bytesOf(1000, 8);
  const {file} = client.traceServerApi;

  const {data: created} = await file.fileCreateFileCreatePost(
      {project_id: projectId, file: new Blob([data])});
  assert.equal(created.digest, digestOf(data));

  const response = await file.fileContentFileContentPost(
      {project_id: projectId, digest: created.digest},
      {format: 'arrayBuffer'});
  assert.deepEqual(Buffer.from(response.data), data);
});
