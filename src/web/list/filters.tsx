// The bar above the list of traces.
import {go, withParams} from '../base/router';
import {STATUS_LABEL, StatusIcon, TextField} from '../base/ui';
import type {Status} from '../base/api';
import {Filters, isFiltered, RANGES, STATUSES} from './query';

function set(changes: Record<string, string | null>) {
  go(withParams(changes), true);
}

export function FilterBar({filters, ops, invalidWhere, onChooseOp}: {
  filters: Filters,
  ops: string[],
  invalidWhere: boolean,
  onChooseOp: () => void,
}) {
  const toggle = (status: string) => {
    const next = filters.statuses.includes(status)
        ? filters.statuses.filter(other => other !== status)
        : [...filters.statuses, status];
    set({status: next.join(',') || null});
  };
  const ranges = RANGES.some(([value]) => value === filters.since)
      ? RANGES
      : [...RANGES, [filters.since, `Since ${filters.since}`] as const];
  return (
    <form class="filters" role="search" aria-label="Filter traces"
      onSubmit={event => event.preventDefault()}>
      <TextField id="search" class="filter-text" value={filters.text}
        type="search" placeholder="Search  ( / )"
        aria-label="Text" onChange={q => set({q})} />
      <TextField class="filter-op" value={filters.op} list="ops" type="search"
        placeholder="Op" aria-label="Op" spellcheck={false} onFocus={onChooseOp}
        onChange={op => set({op})} />
      <datalist id="ops">
        {ops.map(name => <option key={name} value={name} />)}
      </datalist>
      <div class="chips" role="group" aria-label="Status">
        {STATUSES.map(status => (
          <button key={status} type="button" class="chip"
            aria-pressed={filters.statuses.includes(status)}
            onClick={() => toggle(status)}>
            <StatusIcon status={status as Status} label={false} />
            {STATUS_LABEL[status as Status]}
          </button>
        ))}
      </div>
      <select aria-label="Time" value={filters.since}
        onChange={event => set({since: event.currentTarget.value})}>
        {ranges.map(([value, label]) =>
          <option key={value} value={value}>{label}</option>)}
      </select>
      <TextField class="filter-where" value={filters.where} type="search"
        placeholder={'where  latency_ms > 500 and op = "answer"'}
        aria-label="Where" aria-invalid={invalidWhere} spellcheck={false}
        onChange={where => set({where})} />
      {isFiltered(filters) && (
        <button type="button" class="quiet" onClick={() => set({
          q: null, where: null, op: null, status: null, since: null,
          until: null,
        })}>Clear</button>
      )}
    </form>
  );
}
