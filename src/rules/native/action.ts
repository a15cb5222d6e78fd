import {
  type Action,
  type Place,
  type Problem,
  tagFault,
  type Value,
  type ValueMap,
} from '../../core/index.ts';
import type { Context } from '../../render/index.ts';
import { buildValue, type ValueTemplate } from './value.ts';

/** The verbs of actions; `cmd` is Salt's other name of `local`. */
export const verbs = ['local', 'cmd', 'runner', 'wheel', 'caller', 'event'] as const;
export type Verb = 'local' | 'runner' | 'wheel' | 'caller' | 'event';

/** An item of `do`, compiled. */
export interface ActionTemplate extends Place {
  readonly verb: Verb;
  readonly fun: string;
  readonly fields: ReadonlyMap<string, ValueTemplate>;
  /** A glob of the tags that it sends; undefined when it sends no event. */
  readonly emits: string | undefined;
  /** Line of the file, for problems. */
  readonly source: string | undefined;
}

/** Makes the action for one event; problems go to the list, and then there is none. */
export function buildAction(template: ActionTemplate, context: Context, problems: Problem[]): Action | null {
  const before = problems.length;
  const fields = new Fields(template, context, problems);
  const action = build(template, fields);
  return problems.length > before ? null : action;
}

function build({ verb, fun }: ActionTemplate, fields: Fields): Action {
  if (verb === 'event') return { kind: 'event', tag: fields.tag(), data: fields.map('data') };
  const { arg, kwarg } = fields.call();
  if (verb !== 'local') return { kind: verb, fun, arg, kwarg, legacy: null };
  return {
    kind: 'local',
    fun,
    tgt: fields.target(),
    tgtType: fields.text('tgt_type', 'glob'),
    arg,
    kwarg,
    ret: fields.text('ret', ''),
    timeoutS: fields.seconds('timeout'),
    metadata: fields.value('metadata') ?? null,
  };
}

const empty: ValueMap = new Map();

/** The filled-in fields of one action, checked as they are taken. */
class Fields {
  readonly #template: ActionTemplate;
  readonly #context: Context;
  readonly #problems: Problem[];
  readonly #before: number;

  constructor(template: ActionTemplate, context: Context, problems: Problem[]) {
    this.#template = template;
    this.#context = context;
    this.#problems = problems;
    this.#before = problems.length;
  }

  value(key: string): Value | undefined {
    const field = this.#template.fields.get(key);
    return field === undefined ? undefined : buildValue(field, this.#context, this.#problems);
  }

  text(key: string, fallback: string): string {
    const value = this.value(key);
    if (value === undefined) return fallback;
    if (typeof value === 'string') return value;
    return this.#wrong(key, 'text', value, fallback);
  }

  map(key: string): ValueMap {
    const value = this.value(key);
    if (value === undefined || value === null) return empty;
    return value instanceof Map ? value : this.#wrong(key, 'a mapping', value, empty);
  }

  tag(): string {
    const tag = this.text('tag', '');
    const fault = this.#failed() ? undefined : tagFault(tag);
    if (fault !== undefined) this.#report(`this event cannot be sent: ${fault}`);
    return tag;
  }

  target(): Value {
    const value = this.value('tgt') ?? null;
    if (this.#failed() || (value !== null && value !== '')) return value;
    this.#report('the target is empty');
    return value;
  }

  seconds(key: string): number | null {
    const value = this.value(key);
    if (value === undefined || value === null) return null;
    const seconds = typeof value === 'string' ? Number(value) : value;
    if (typeof seconds === 'number' && seconds > 0) return seconds;
    return this.#wrong(key, 'a number of seconds', value, null);
  }

  /** `args` is a mapping of keywords or a list of positionals; `arg` and `kwarg` say which outright. */
  call(): { arg: readonly Value[]; kwarg: ValueMap } {
    const args = this.value('args');
    if (Array.isArray(args)) return { arg: args, kwarg: this.map('kwarg') };
    if (args instanceof Map) return { arg: this.#list('arg'), kwarg: args };
    if (args !== undefined && args !== null) this.#wrong('args', 'a mapping or a list', args, null);
    return { arg: this.#list('arg'), kwarg: this.map('kwarg') };
  }

  #list(key: string): readonly Value[] {
    const value = this.value(key);
    if (value === undefined || value === null) return [];
    return Array.isArray(value) ? value : [value];
  }

  #failed(): boolean {
    return this.#problems.length > this.#before;
  }

  #wrong<T>(key: string, expected: string, got: Value, fallback: T): T {
    if (!this.#failed()) this.#report(`${key} must be ${expected}; for this event it is ${kindOfValue(got)}`);
    return fallback;
  }

  #report(message: string): void {
    const { file, line, column, source } = this.#template;
    this.#problems.push({
      code: 'BAD_ACTION',
      severity: 'error',
      message,
      file,
      line,
      column,
      ...(source === undefined ? {} : { source }),
    });
  }
}

/** What a value is, for messages. */
export function kindOfValue(value: Value): string {
  if (value === null) return 'nothing';
  if (value instanceof Map) return 'a mapping';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  return typeof value === 'object' ? 'something else' : String(value);
}
