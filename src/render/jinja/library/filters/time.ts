import { PyFloat, type Value } from '../../../../core/index.ts';
import { str } from '../../run/convert.ts';
import { lookUp } from '../../run/runtime.ts';
import type { PyObject } from '../../run/values.ts';
import { type Call, type FnTable, fn, table } from '../function.ts';

interface Moment {
  /** Its fields are those that the text or number names; there is no local time zone. */
  readonly date: Date;
  readonly micros: number;
}

const isoText =
  /^\s*(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?\s*$/;
const compactText = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})(\d{6})?)?$/;

/** Seconds since 1970, an ISO 8601 text, the digits of a job id, or nothing for the event's time. Times are UTC. */
function momentOf(call: Call, self: Value | PyObject): Moment {
  if (self === null || self === '' || self === 'now') return momentOfEvent(call);
  if (self instanceof PyFloat) return fromSeconds(self.value);
  if (typeof self === 'number' || typeof self === 'bigint' || typeof self === 'boolean')
    return fromSeconds(Number(self));
  const text = str(call.rt, self);
  if (/^(?:-?\d{1,11}|-?\d{5,11}\.\d+)$/.test(text) && !/^\d{8}$/.test(text))
    return fromSeconds(Number(text));
  const match = isoText.exec(text) ?? compactText.exec(text);
  if (match === null)
    return call.rt.valueError(`'${text.slice(0, 80)}' is no time that ${call.name} understands`);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59)
    call.rt.valueError(`'${text}' is no time that exists`);
  return { date, micros: Number((match[7] ?? '').padEnd(6, '0').slice(0, 6)) };
}

/** What is now to a template, so that it says the same whenever the event is looked at again. */
function momentOfEvent(call: Call): Moment {
  const data = lookUp(call.rt.context, 'data');
  const stamp = data instanceof Map ? data.get('_stamp') : undefined;
  if (typeof stamp === 'string' && isoText.test(stamp)) return momentOf(call, stamp);
  return call.rt.valueError(
    `${call.name} of nothing gives the time of the event, and this event has no _stamp`,
  );
}

function fromSeconds(seconds: number): Moment {
  const micros = Math.round((seconds - Math.floor(seconds)) * 1e6);
  return { date: new Date(Math.floor(seconds) * 1000), micros };
}

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}

/** The week of the year, when weeks start on `first` (0 is Sunday). */
function week(date: Date, first: number): number {
  return Math.floor((dayOfYear(date) + 6 - ((date.getUTCDay() + 7 - first) % 7)) / 7);
}

type Directive = (moment: Moment) => string;

const directives: Readonly<Record<string, Directive>> = {
  Y: ({ date }) => String(date.getUTCFullYear()),
  y: ({ date }) => two(date.getUTCFullYear() % 100),
  m: ({ date }) => two(date.getUTCMonth() + 1),
  d: ({ date }) => two(date.getUTCDate()),
  e: ({ date }) => String(date.getUTCDate()).padStart(2),
  H: ({ date }) => two(date.getUTCHours()),
  I: ({ date }) => two(date.getUTCHours() % 12 || 12),
  M: ({ date }) => two(date.getUTCMinutes()),
  S: ({ date }) => two(date.getUTCSeconds()),
  f: ({ micros }) => String(micros).padStart(6, '0'),
  p: ({ date }) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  b: ({ date }) => (months[date.getUTCMonth()] ?? '').slice(0, 3),
  h: ({ date }) => (months[date.getUTCMonth()] ?? '').slice(0, 3),
  B: ({ date }) => months[date.getUTCMonth()] ?? '',
  a: ({ date }) => (days[date.getUTCDay()] ?? '').slice(0, 3),
  A: ({ date }) => days[date.getUTCDay()] ?? '',
  w: ({ date }) => String(date.getUTCDay()),
  u: ({ date }) => String(date.getUTCDay() || 7),
  j: ({ date }) => String(dayOfYear(date)).padStart(3, '0'),
  U: ({ date }) => two(week(date, 0)),
  W: ({ date }) => two(week(date, 1)),
  s: ({ date }) => String(Math.floor(date.getTime() / 1000)),
  z: () => '',
  Z: () => '',
  n: () => '\n',
  t: () => '\t',
  '%': () => '%',
};

const composed: Readonly<Record<string, string>> = {
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  R: '%H:%M',
  D: '%m/%d/%y',
  c: '%a %b %e %H:%M:%S %Y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
};

function format(pattern: string, moment: Moment): string {
  return pattern.replace(/%([a-zA-Z%])/g, (whole, letter: string) => {
    const parts = composed[letter];
    return parts === undefined ? (directives[letter]?.(moment) ?? whole) : format(parts, moment);
  });
}

function strftime(call: Call, self: Value | PyObject): string {
  const moment = momentOf(call, self);
  if (Number.isNaN(moment.date.getTime())) call.rt.valueError('the time is out of range');
  return format(call.text(0, '%Y-%m-%d'), moment);
}

/** Salt's `strftime`; the time that the machine shows is not a value here. */
export const timeFilters: FnTable = table({
  date_format: fn('fmt?', strftime),
  strftime: fn('fmt?', strftime),
});
