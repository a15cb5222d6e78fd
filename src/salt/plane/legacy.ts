import type { Action, Value, ValueMap } from '../../core/index.ts';

type Call = Pick<
  Extract<Action, { kind: 'runner' | 'wheel' | 'caller' }>,
  'kind' | 'fun' | 'arg' | 'kwarg' | 'legacy'
>;

/** Keys of a low chunk that are no arguments, unless the function has a parameter of that name. */
const chunkKeys = new Set<Value>(['__id__', '__sls__', '__env__', 'name', 'order', 'fun', 'key', 'state']);

/**
 * The functions of 3006 to 3008 that have such a parameter: Salt's reactor looks at the function's signature,
 * which no request tells. Of functions from elsewhere the keys count as the chunk's.
 */
const ownKeys: Readonly<Record<string, readonly string[]>> = {
  'runner.cache.fetch': ['key'],
  'runner.cache.flush': ['key'],
  'runner.cache.store': ['key'],
  'runner.cluster.ring_create': ['name'],
  'runner.cluster.ring_destroy': ['name'],
  'runner.cluster.ring_set': ['name'],
  'runner.config.get': ['key'],
  'runner.error.error': ['name'],
  'runner.lxc.find_guest': ['name'],
  'runner.lxc.freeze': ['name'],
  'runner.lxc.info': ['name'],
  'runner.lxc.purge': ['name'],
  'runner.lxc.start': ['name'],
  'runner.lxc.stop': ['name'],
  'runner.lxc.unfreeze': ['name'],
  'runner.mine.get': ['fun'],
  'runner.queue.insert_runner': ['fun'],
  'runner.salt.cmd': ['fun'],
  'runner.salt.execute': ['fun'],
  'runner.ssh.cmd': ['fun'],
  'runner.state.orchestrate_single': ['fun', 'name'],
  'runner.virt.force_off': ['name'],
  'runner.virt.init': ['name'],
  'runner.virt.migrate': ['name'],
  'runner.virt.pause': ['name'],
  'runner.virt.purge': ['name'],
  'runner.virt.reset': ['name'],
  'runner.virt.resume': ['name'],
  'runner.virt.start': ['name'],
  'runner.virt.vm_info': ['name'],
  'wheel.config.apply': ['key'],
  'wheel.error.error': ['name'],
};

/**
 * The arguments of a runner or wheel call. In Salt's old format they stand among the keys of the chunk; all of
 * them are passed by name, which Python takes for any parameter.
 */
export function argumentsOf({ kind, fun, arg, kwarg, legacy }: Call): { arg: Value[]; kwarg: ValueMap } {
  if (legacy === null) return { arg: [...arg], kwarg };
  const given = legacy.get('arg');
  const named = legacy.get('kwarg');
  if (Array.isArray(given) && named instanceof Map) return { arg: given, kwarg: named };
  const own = new Set<Value>(ownKeys[`${kind}.${fun}`]);
  return { arg: [], kwarg: new Map([...legacy].filter(([key]) => own.has(key) || !chunkKeys.has(key))) };
}
