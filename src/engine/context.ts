import { type Event, mapOf, type Value, type ValueMap } from '../core/index.ts';
import type { Context, LookupDesk, SaltFacts } from '../rules/index.ts';

/** Set for states only. */
const unset = ['tpldot', 'slspath', 'slsdotpath', 'slscolonpath', 'sls_path'].map(
  (name) => [name, ''] as const,
);

/** The variables of a render with who answers its look-ups. */
export function withDesk(variables: Map<string, Value>, desk: LookupDesk | undefined): Context {
  const context: Map<string, Value> & { desk?: LookupDesk } = variables;
  if (desk !== undefined) context.desk = desk;
  return context;
}

/** What templates and conditions of native rules see. */
export function nativeContext(event: Event): Map<string, Value> {
  return new Map<string, Value>([
    ['tag', event.tag],
    ['data', event.data],
    ['event', eventFacts(event)],
  ]);
}

function eventFacts(event: Event): ValueMap {
  const { cause, depth = 0 } = event.head;
  return new Map<Value, Value>([
    ['id', event.id],
    ['seq', event.seq],
    ['tag', event.tag],
    ['depth', depth],
    ['cause', cause === undefined ? null : mapOf({ event: cause.event, rule: cause.rule })],
  ]);
}

/** What an SLS file sees, as under a Salt master; Salt's globals are the renderer's. */
export function slsContext(event: Event, file: string, facts: SaltFacts): Map<string, Value> {
  return new Map<string, Value>([
    ['tag', event.tag],
    ['data', event.data],
    ['saltenv', 'base'],
    ['sls', ''],
    ['tplpath', file],
    ['tplfile', file.slice(file.lastIndexOf('/') + 1)],
    ['tpldir', '.'],
    ...unset,
    ['pillar', new Map()],
    ['grains', facts.grains],
    ['opts', facts.opts],
    ['__environ__', facts.environ],
  ]);
}
