// Numbers and times as people read them.

export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '';
  if (ms < 1) return ms <= 0 ? '0 ms' : `${Math.round(ms * 1000)} µs`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)}m ${pad(seconds % 60)}s`;
  }
  const minutes = Math.round(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours < 100) return `${hours}h ${pad(minutes % 60)}m`;
  return `${count(Math.floor(hours / 24))}d ${pad(hours % 24)}h`;
}

// Between the lines of an axis of milliseconds: round as people count time.
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
export const STEPS_MS = [
  ...[1e-3, 1e-2, 0.1, 1, 10, 100, SECOND].flatMap(n => [n, 2 * n, 5 * n]),
  10 * SECOND, 15 * SECOND, 30 * SECOND,
  MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
  ...[1, 10, 100, 1000, 10_000].flatMap(n => [n * DAY, 2 * n * DAY, 5 * n * DAY]),
];

// A duration at a line of an axis, without what is zero: 2 s, 1m, 3h.
export function axisDuration(ms: number): string {
  return duration(ms).replace(/\.?0+ s$/, ' s').replace(/ 00[a-z]$/, '');
}

// 1,204.5. The first toLocaleString() of a page takes 30 ms.
function grouped(n: number): string {
  const [whole, part] = String(n).split('.');
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (part ? `.${part}` : '');
}

function pad(n: number): string { return String(n).padStart(2, '0'); }

// 950, 12.3k, 4.56M, 7.8G, 9.2E18
export function count(n: number | null | undefined): string {
  if (n === null || n === undefined) return '';
  if (n < 0) return `−${count(-n)}`;
  if (n < 10_000) return grouped(n);
  if (n < 999_500) return `${trim(n / 1000)}k`;
  if (n < 999.5e6) return `${trim(n / 1e6)}M`;
  if (n < 999.5e9) return `${trim(n / 1e9)}G`;
  return n.toExponential(1).replace('.0', '').replace('e+', 'E');
}

function trim(x: number): string {
  return x.toFixed(x < 10 ? 2 : x < 100 ? 1 : 0).replace(/\.0+$/, '');
}

export function cost(usd: number | null | undefined): string {
  if (usd === null || usd === undefined) return '';
  if (usd === 0) return '$0';
  if (usd < 0) return `−${cost(-usd)}`;
  if (usd < 0.0001) return '<$0.0001';
  if (usd < 0.1) return `$${usd.toFixed(4)}`;
  return usd < 1000 ? `$${usd.toFixed(2)}` : `$${count(Math.round(usd))}`;
}

export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  if (n < 999_500) return `${trim(n / 1000)} kB`;
  return `${trim(n / 1e6)} MB`;
}

// Microseconds since the epoch of an ISO time, NaN if it is none.
export function micros(iso: string): number {
  const ms = Date.parse(iso);
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? '';
  return Math.floor(ms / 1000) * 1e6 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun',
                'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

// The local time of day; the date too unless it is today.
export function when(iso: string | null | undefined): string {
  if (!iso) return '';
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}:` +
      pad(date.getSeconds());
  const now = new Date();
  if (date.toDateString() === now.toDateString()) return time;
  const day = `${MONTHS[date.getMonth()]} ${date.getDate()}`;
  return date.getFullYear() === now.getFullYear()
      ? `${day} ${time}` : `${date.getFullYear()} ${day} ${time.slice(0, 5)}`;
}

// The local time at a line of an axis: the date where a day begins, and
// below the first line.
export function axisTime(s: number, isFirst: boolean): string {
  const date = new Date(s * 1000);
  const day = `${MONTHS[date.getMonth()]} ${date.getDate()}`;
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
  if (time === '00:00') return day;
  return isFirst ? `${time}\n${day}` : time;
}

// Characters that turn the direction of what follows, also beyond the text
// that they are in.
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

// The text with those characters as escapes, so that it can neither hide nor
// pretend anything.
export function visible(text: string): string {
  return text.replace(TURNING, one => `\\u${one.charCodeAt(0).toString(16)}`);
}

// The line of an exception that says what went wrong: Python puts it last,
// below the stack; others first.
export function exceptionReason(exception: string): string {
  const lines = exception.split('\n').filter(line => line.trim() !== '');
  const line = /^Traceback \(/.test(lines[0] ?? '') ? lines.at(-1) : lines[0];
  return visible((line ?? '').trim());
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : many}`;
}
