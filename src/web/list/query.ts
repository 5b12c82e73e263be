// The filters of the list of traces: from the address, and to the API.
import type {Place} from '../base/router';

export const STATUSES = ['success', 'error', 'running', 'descendant_error'];

export const RANGES: [string, string][] = [
  ['', 'Any time'],
  ['15m', 'Last 15 minutes'],
  ['1h', 'Last hour'],
  ['24h', 'Last 24 hours'],
  ['7d', 'Last 7 days'],
  ['30d', 'Last 30 days'],
];

export type SortField =
  'started_at' | 'latency_ms' | 'total_tokens' | 'total_cost' | 'calls';

export interface Filters {
  text: string;
  where: string;
  op: string;
  statuses: string[];
  since: string;  // a row of RANGES, or an ISO time
  until: string;
  sort: SortField;
  descending: boolean;
}

const SORTS = ['started_at', 'latency_ms', 'total_tokens', 'total_cost',
               'calls'];

export function filtersOf({params}: Place): Filters {
  const [field, direction] = (params.get('sort') ?? '').split(':');
  return {
    text: params.get('q') ?? '',
    where: params.get('where') ?? '',
    op: params.get('op') ?? '',
    statuses: (params.get('status') ?? '').split(',')
        .filter(status => STATUSES.includes(status)),
    since: params.get('since') ?? '',
    until: params.get('until') ?? '',
    sort: (SORTS.includes(field) ? field : 'started_at') as SortField,
    descending: direction !== 'asc',
  };
}

export function isFiltered(filters: Filters): boolean {
  return filters.text !== '' || filters.where !== '' || filters.op !== '' ||
      filters.statuses.length > 0 || filters.since !== '' ||
      filters.until !== '';
}

const UNIT_S: Record<string, number> = {s: 1, m: 60, h: 3600, d: 86400};

// `2h` as the time that long ago; anything else as it is.
export function timeOf(text: string, nowMs: number): string {
  const match = /^(\d+)([smhd])$/.exec(text);
  if (!match) return text;
  const seconds = Number(match[1]) * UNIT_S[match[2]];
  return new Date(nowMs - seconds * 1000).toISOString();
}

// The body of /_bobbin/traces/query.
export function tracesBody(projectId: string | null, filters: Filters,
                           limit: number, nowMs: number) {
  const body: Record<string, unknown> = {
    limit,
    sort_by: [{
      field: filters.sort,
      direction: filters.descending ? 'desc' : 'asc',
    }],
  };
  if (projectId !== null) body.project_id = projectId;
  if (filters.text) body.text = filters.text;
  if (filters.where) body.where = filters.where;
  if (filters.op) body.op_names = [filters.op];
  if (filters.statuses.length) body.statuses = filters.statuses;
  if (filters.since) body.since = timeOf(filters.since, nowMs);
  if (filters.until) body.until = timeOf(filters.until, nowMs);
  return body;
}
