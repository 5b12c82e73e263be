// The source of an op.
import {fileContent, Obj, postJson} from '../base/api';
import {visible} from '../base/format';
import {useLoaded} from '../base/hooks';
import {Ref, refPath} from '../base/refs';
import {CopyButton, Empty, ErrorNote, Loading} from '../base/ui';

// The text of the op's source file; null if it has none.
export async function opSource(projectId: string, val: unknown,
                               signal?: AbortSignal): Promise<string | null> {
  const files = (val as {files?: Record<string, unknown>} | null)?.files;
  if (!files || typeof files !== 'object') return null;
  const digest = files['obj.py'] ?? Object.values(files)[0];
  if (typeof digest !== 'string') return null;
  return await (await fileContent(projectId, digest, signal)).text();
}

export function CodeText({text}: {text: string}) {
  const lines = text.split('\n').slice(0, 5000);
  return (
    <pre class="code source" tabIndex={0}>
      {lines.map((line, i) => (
        <span key={i} class="line">{visible(line)}{'\n'}</span>
      ))}
    </pre>
  );
}

export function OpCode({op}: {op: Ref}) {
  const source = useLoaded(`${op.projectId} ${op.id} ${op.digest}`,
                           async signal => {
    const {obj} = await postJson<{obj: Obj}>('/obj/read', {
      project_id: op.projectId,
      object_id: op.id,
      digest: op.digest || 'latest',
    }, signal);
    return {obj, text: await opSource(op.projectId, obj.val, signal)};
  });
  if (source.error) return <ErrorNote error={source.error} />;
  if (!source.data) return <Loading />;
  const {obj, text} = source.data;
  return (
    <section>
      <div class="section-bar">
        <a href={refPath(op)!}>{op.id} v{obj.version_index}</a>
        <span class="grow" />
        {text !== null && <CopyButton text={text}>Copy code</CopyButton>}
      </div>
      {text === null
        ? <Empty title="No source was recorded with this op." />
        : <CodeText text={text} />}
    </section>
  );
}
