import { mapOf, textAt, type Value, type ValueMap } from '../../core/index.ts';
import { SaltRefusal } from '../plane/asking.ts';
import { wordOf } from '../plane/caller.ts';

/** What Salt takes for `name=value` in a list of arguments, however it is quoted. */
const assignment = /^[^\W\d][\w.-]*=(?!=)/u;

/**
 * A request to the master, as the chunk by which salt-api makes the same request. Who asks is known from the login.
 * Throws SaltRefusal when salt-api would make another request of it.
 */
export function chunkOf(load: ValueMap, username: string): ValueMap {
  switch (textAt(load, 'cmd')) {
    case 'publish':
      return jobChunk(load);
    case 'runner':
      return runnerChunk(load);
    default:
      return mapOf({
        client: 'wheel',
        fun: load.get('fun') ?? null,
        arg: load.get('arg') ?? [],
        kwarg: load.get('kwarg') ?? new Map(),
        __jid__: load.get('__jid__'),
        __user__: username,
      });
  }
}

function jobChunk(load: ValueMap): ValueMap {
  const kwargs = load.get('kwargs');
  return mapOf({
    client: 'local_async',
    tgt: load.get('tgt') ?? null,
    tgt_type: load.get('tgt_type') ?? 'glob',
    fun: load.get('fun') ?? null,
    arg: load.get('arg') ?? [],
    ret: load.get('ret') ?? '',
    jid: load.get('jid') ?? '',
    timeout: load.get('timeout') ?? 5,
    metadata: kwargs instanceof Map ? (kwargs.get('metadata') ?? null) : null,
  });
}

function runnerChunk(load: ValueMap): ValueMap {
  const given = load.get('kwarg');
  const arg = given instanceof Map ? given.get('arg') : undefined;
  const kwarg = given instanceof Map ? given.get('kwarg') : undefined;
  return mapOf({
    client: 'runner_async',
    fun: load.get('fun') ?? null,
    arg: Array.isArray(arg) ? arg.map(positional) : [],
    kwarg: kwarg ?? new Map(),
  });
}

/** salt-api reads a text in the list of arguments as YAML, and gives on whatever else stands there. */
function positional(value: Value): Value {
  if (typeof value !== 'string') return value;
  if (!assignment.test(value)) return wordOf(value);
  const hint = 'give it by name';
  throw new SaltRefusal(
    'SaltInvocationError',
    `salt-api takes the argument ${value} for one with a name: ${hint}.`,
    false,
  );
}

/** salt-api's return for a chunk, as the master's request server answers. */
export function answerOf(load: ValueMap, returned: Value): ValueMap {
  const answer = returned instanceof Map ? returned : new Map<Value, Value>();
  if (textAt(load, 'cmd') !== 'publish' || answer.has('jid')) return answer;
  const tgt = load.get('tgt');
  const error = `No minions matched the target ${typeof tgt === 'string' ? tgt : wordOf(tgt ?? null)}`;
  return mapOf({ jid: null, minions: [], error });
}
