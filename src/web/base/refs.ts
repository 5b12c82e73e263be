// weave:/// references, and where the page shows what they name.

export interface Ref {
  projectId: string;
  kind: string;  // op, object, call, table, ...
  id: string;    // name, or id of a call, or digest of a table
  digest: string;
  rest: string;  // the path into the object, as sent
}

const REF = /^weave:\/\/\/([^/\s]+)\/([^/\s]+)\/(\w+)\/([^:/\s]+)(?::([^/\s]+))?((?:\/[^\s]*)?)$/;

export function parseRef(text: string): Ref | null {
  if (!text.startsWith('weave:///') || text.length > 4096) return null;
  const match = REF.exec(text);
  if (!match) return null;
  const [, entity, project, kind, id, digest, rest] = match;
  return {
    projectId: `${decoded(entity)}/${decoded(project)}`,
    kind,
    id: decoded(id),
    digest: digest ?? '',
    rest,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// What people call an op: the name in its ref, or the name itself.
export function opLabel(opName: string): string {
  return parseRef(opName)?.id ?? opName;
}

export function callRef(projectId: string, id: string): string {
  return `weave:///${projectId}/call/${id}`;
}

// `entity/project` as two segments of an address.
export function projectPath(projectId: string): string {
  const slash = projectId.indexOf('/');
  if (slash < 0) return `/${encodeURIComponent(projectId)}`;
  return `/${encodeURIComponent(projectId.slice(0, slash))}` +
      `/${encodeURIComponent(projectId.slice(slash + 1))}`;
}

export function callPath(projectId: string, id: string): string {
  return `${projectPath(projectId)}/r/call/${encodeURIComponent(id)}`;
}

export function viewPath(projectId: string, view: string, id?: string) {
  const path = `${projectPath(projectId)}/r/${view}`;
  return id === undefined ? path : `${path}/${encodeURIComponent(id)}`;
}

// The address at which the page shows what a ref names, or null.
export function refPath(ref: Ref): string | null {
  if (ref.kind === 'call') return callPath(ref.projectId, ref.id);
  if (ref.kind === 'op' || ref.kind === 'object') {
    const path = viewPath(ref.projectId, 'object', ref.id);
    return ref.digest ? `${path}?v=${encodeURIComponent(ref.digest)}` : path;
  }
  if (ref.kind === 'table') {
    return `${viewPath(ref.projectId, 'dataset', ref.id)}?table=1`;
  }
  return null;
}
