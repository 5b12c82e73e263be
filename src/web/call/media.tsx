// Images and sound that were stored as files.
import {useEffect, useState} from 'preact/hooks';

import {fileContent} from '../base/api';
import {bytes} from '../base/format';
import {useLoaded} from '../base/hooks';
import {member, members, Slice, textOf, valueOf} from '../base/json_text';
import {ErrorNote} from '../base/ui';

// What a file begins with.
const SIGNATURES: [string, RegExp][] = [
  ['image/png', /^\x89PNG/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8/],
  ['image/webp', /^RIFF....WEBP/s],
  ['image/bmp', /^BM/],
  ['audio/wav', /^RIFF....WAVE/s],
  ['audio/mpeg', /^(ID3|\xff[\xfb\xf3\xf2])/],
  ['audio/ogg', /^OggS/],
  ['audio/flac', /^fLaC/],
  ['audio/mp4', /^....ftypM4A/s],
  ['video/mp4', /^....ftyp/s],
  ['video/webm', /^\x1a\x45\xdf\xa3/],
];

// Only what is safe to show in an element of its kind; anything else is
// something to save.
export async function typeOfFile(blob: Blob): Promise<string> {
  const head = new Uint8Array(await blob.slice(0, 16).arrayBuffer());
  const text = String.fromCharCode(...head);
  return SIGNATURES.find(([, pattern]) => pattern.test(text))?.[0] ??
      'application/octet-stream';
}

// A browser that is still loading a picture when its view is left would find
// nothing at its address, and say so.
const KEEP_MS = 10_000;

export function BlobMedia({blob, type, name}:
    {blob: Blob, type: string, name: string}) {
  const [url, setUrl] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([blob], {type}));
    setUrl(made);
    return () => {
      setTimeout(() => URL.revokeObjectURL(made), KEEP_MS);
    };
  }, [blob, type]);
  if (!url) return null;
  return (
    <figure class="media-figure">
      {type.startsWith('image/') && <img class="media" src={url} alt={name} />}
      {type.startsWith('audio/') &&
        <audio controls src={url} aria-label={name} />}
      {type.startsWith('video/') &&
        <video class="media" controls src={url} aria-label={name} />}
      <figcaption>
        <a href={url} download={name}>{name}</a> {bytes(blob.size)}
      </figcaption>
    </figure>
  );
}

function StoredFile({projectId, digest, name}:
    {projectId: string, digest: string, name: string}) {
  const file = useLoaded(`${projectId} ${digest}`, async signal => {
    const blob = await fileContent(projectId, digest, signal);
    return {blob, type: await typeOfFile(blob)};
  });
  if (file.error) return <ErrorNote error={file.error} />;
  if (!file.data) return <div class="media-wait" />;
  return <BlobMedia {...file.data} name={name} />;
}

// `slice`: {"_type": "CustomWeaveType", "files": {name: digest}, ...}
export function MediaOf({slice, projectId}:
    {slice: Slice, projectId: string}) {
  const files = member(slice, 'files');
  if (!files) return null;
  const rows = members(files).rows.filter(row =>
    textOf(row.value).startsWith('"') &&
    !/\.(py|json|js|ts)$/.test(String(row.key)));
  return (
    <div class="media-list">
      {rows.map(row => (
        <StoredFile key={row.key} projectId={projectId}
          digest={valueOf<string>(row.value)} name={String(row.key)} />
      ))}
    </div>
  );
}
