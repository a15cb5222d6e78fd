import type { Schema } from './operation.ts';

const text: Schema = { type: 'string' };
const whole: Schema = { type: 'integer' };
const flag: Schema = { type: 'boolean' };
const texts: Schema = { type: 'array', items: text };
const any: Schema = {};
const map: Schema = { type: 'object' };
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

export const listOf = (items: Schema): Schema => ({ type: 'array', items });
export const ref = (name: SchemaName): Schema => ({ $ref: `#/components/schemas/${name}` });

/** A map whose members are these; those in `optional` may be missing. */
export function record(members: Record<string, Schema>, optional: Record<string, Schema> = {}): Schema {
  return {
    type: 'object',
    required: Object.keys(members),
    properties: { ...members, ...optional },
    additionalProperties: false,
  };
}

/** A page of a list: `next` asks for what follows. */
export function page(name: string, items: Schema): Schema {
  return record({ [name]: listOf(items), next: orNull(text) });
}

const problem = record(
  {
    file: text,
    line: whole,
    column: whole,
    code: text,
    severity: { enum: ['error', 'warning'] },
    message: text,
  },
  { hint: text, source: text },
);

const reaction = record(
  { id: text, event: text, tag: text, rule: text, state: { enum: ['open', 'done', 'dead'] } },
  { attempts: whole, outcome: map, dead: text },
);

export type SchemaName =
  | 'Problem'
  | 'Event'
  | 'Published'
  | 'RuleProblem'
  | 'Reaction'
  | 'Decision'
  | 'Rule'
  | 'Rules'
  | 'DeadLetter'
  | 'Retried'
  | 'Dropped'
  | 'Reloaded'
  | 'Status';

/** The named schemas of the document. */
export const schemas: Readonly<Record<SchemaName, Schema>> = {
  Problem: {
    type: 'object',
    required: ['type', 'title', 'status', 'code'],
    properties: { type: text, title: text, status: whole, code: text },
  },
  Event: record(
    { id: text, seq: whole, at: text, tag: text, data: map, depth: whole },
    { source: text, cause: record({ event: text, rule: text }) },
  ),
  Published: record({ id: text, seq: whole, tag: text, repeated: flag }),
  RuleProblem: problem,
  Reaction: reaction,
  Decision: record(
    {
      event: text,
      seq: whole,
      tag: text,
      rule: text,
      verdict: {
        enum: ['fired', 'condition-false', 'guarded', 'problem', 'overloaded', 'undecodable', 'no-match'],
      },
      reason: text,
      problems: listOf(problem),
      reactions: listOf(record({ id: text }, { outcome: map, attempts: whole, dead: text })),
      rule_set: text,
      at: text,
    },
    { lookups: listOf(any) },
  ),
  Rule: record(
    { name: text, kind: { enum: ['salt', 'native'] }, globs: texts, file: text, line: whole },
    { condition: text, concurrency: whole },
  ),
  Rules: record({
    rule_set: text,
    last_load: { enum: ['taken', 'refused'] },
    rules: listOf({ $ref: '#/components/schemas/Rule' }),
    problems: listOf(problem),
  }),
  DeadLetter: record(
    {
      id: text,
      jid: text,
      event: text,
      rule: text,
      rule_set: text,
      action: text,
      attempts: whole,
      reason: text,
      message: text,
      died_at: text,
      tag: orNull(text),
    },
    { why: orNull(text), reaction: map },
  ),
  Retried: record({ retried: texts, note: text }),
  Dropped: record({ dropped: texts }),
  Reloaded: record({ ok: flag, hash: text, rules: whole, problems: listOf(problem) }),
  Status: record({ master: orNull(map), reactor: orNull(map) }),
};
