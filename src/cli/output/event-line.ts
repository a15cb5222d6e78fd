import {
  type EventHead,
  flatArguments,
  getString,
  splitArguments,
  textAt,
  toJson,
  type Value,
  type ValueMap,
} from '../../core/index.ts';
import { harmless } from './harmless.ts';
import type { Paint } from './paint.ts';

const textMax = 120;

/** An event as one line for people: what happened, its id, and what caused it. */
export function eventLine(
  event: {
    readonly id: string;
    readonly tag: string;
    readonly data: ValueMap;
    readonly head: EventHead | null;
  },
  paint: Paint,
): string {
  const cause = event.head?.cause;
  const why = cause === undefined ? '' : `, caused by ${cause.event} through ${cause.rule}`;
  return `${whatHappened(event.tag, event.data, paint)} ${paint.dim(`(event ${event.id}${why})`)}`;
}

function whatHappened(tag: string, data: ValueMap, paint: Paint): string {
  const [base, kind, subject = '', act = ''] = harmless(tag).split('/');
  if (base === 'salt') {
    if (kind === 'job' && act === 'new') return jobNew(subject, data);
    if (kind === 'job' && act === 'ret') return jobReturn(subject, data, paint);
    if ((kind === 'run' || kind === 'wheel') && act === 'new')
      return `${kind === 'run' ? 'runner' : 'wheel'} ${subject}: ${call(data, 'fun_args')}`;
    if ((kind === 'run' || kind === 'wheel') && act === 'ret') return runReturn(kind, subject, data, paint);
    if (kind === 'auth')
      return `minion ${short(textAt(data, 'id'))} showed its key: ${short(textAt(data, 'act'))}`;
    if (kind === 'minion' && act === 'start') return `minion ${subject} started`;
  }
  return `${short(tag)} ${short(toJson(withoutStamp(data)))}`;
}

function jobNew(jid: string, data: ValueMap): string {
  const minions = data.get('minions');
  const ids = Array.isArray(minions) ? minions.map((id) => String(id as string)).join(', ') : '';
  return `job ${jid}: ${call(data, 'arg')} on ${short(ids)}`;
}

function jobReturn(jid: string, data: ValueMap, paint: Paint): string {
  const failed = data.get('success') !== true || Number(data.get('retcode') ?? 0) !== 0;
  const verdict = failed ? paint.bad(`FAILED, retcode ${short(textAt(data, 'retcode'))}`) : paint.good('ok');
  return `return of job ${jid} from ${short(textAt(data, 'id'))}: ${call(data, 'fun_args')} ${verdict}: ${result(data)}`;
}

function runReturn(kind: string, jid: string, data: ValueMap, paint: Paint): string {
  const verdict = data.get('success') === true ? paint.good('ok') : paint.bad('FAILED');
  const name = kind === 'run' ? 'runner' : 'wheel';
  return `return of ${name} ${jid}: ${short(textAt(data, 'fun'))} ${verdict}: ${result(data)}`;
}

/** A function with its arguments, as one would type them. */
function call(data: ValueMap, key: string): string {
  const given = data.get(key);
  const { arg, kwarg } = splitArguments(Array.isArray(given) ? given : []);
  const words = flatArguments(arg, new Map()).map(word);
  for (const [name, value] of kwarg) words.push(`${String(name as string)}=${word(value)}`);
  return short([textAt(data, 'fun'), ...words].join(' '));
}

function word(value: Value): string {
  return typeof value === 'string' && /^[\w./:@%+-]+$/.test(value) ? value : toJson(value);
}

function result(data: ValueMap): string {
  const value = data.get('return') ?? null;
  return short(getString(data, 'return') ?? toJson(value));
}

function withoutStamp(data: ValueMap): ValueMap {
  return new Map([...data].filter(([key]) => key !== '_stamp'));
}

/** The first line, cut. */
function short(text: string): string {
  const line = Array.from(harmless(text.split('\n', 1)[0] ?? ''));
  return line.length > textMax ? `${line.slice(0, textMax).join('')}…` : line.join('');
}
