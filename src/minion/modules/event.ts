import { getString, keyText, type Value, type ValueMap } from '../../core/index.ts';
import type { Arguments } from './arguments.ts';
import type { Call, MinionModule } from './types.ts';

/** Sending events. True when the event is on its way for good, False when not. */
export const eventModule: MinionModule = {
  fire: {
    signature: 'data, tag, timeout=None',
    doc: "Fires an event on this minion's own bus.",
    run: async (args, call) => {
      const data = args.map('data');
      return data !== null && (await succeeds(() => call.events.fire(args.text('tag'), data)));
    },
  },
  fire_master: {
    signature: 'data, tag, preload=None',
    doc: 'Sends an event to the master, wrapped with the id of this minion. Of preload only the jid is used.',
    run: (args, call) => toMaster(args, call, args.value('data')),
  },
  send: {
    signature:
      'tag, data=None, preload=None, with_env=False, with_grains=False, with_pillar=False, with_env_opts=False, **kwargs',
    doc: 'Sends an event to the master. Its data is put together, later wins: environment, grains, keywords, data.',
    run: (args, call) => toMaster(args, call, assemble(args, call)),
  },
};

async function toMaster(args: Arguments, call: Call, data: Value): Promise<boolean> {
  // By the job's id the master knows which event and rule led to this one.
  const jid = getString(args.map('preload') ?? undefined, 'jid') ?? call.publishedJid;
  try {
    return await call.events.send(args.text('tag'), data, jid);
  } catch {
    return false;
  }
}

function assemble(args: Arguments, call: Call): ValueMap {
  const data: ValueMap = new Map();
  if (args.flag('with_env')) data.set('environ', environment(args.list('with_env')));
  if (args.flag('with_grains')) data.set('grains', picked(call.grains.get(), args.list('with_grains')));
  // Brine has no pillar; whoever asks for it gets the empty one that a minion without pillar has.
  if (args.flag('with_pillar')) data.set('pillar', new Map());
  if (args.flag('with_env_opts')) data.set('saltenv', 'base').set('pillarenv', null);
  for (const [key, value] of args.extra) data.set(key, value);
  for (const [key, value] of args.map('data') ?? []) data.set(key, value);
  return data;
}

function environment(names: readonly Value[] | null): ValueMap {
  const all: ValueMap = new Map(Object.entries(process.env).map(([name, value]) => [name, value ?? '']));
  return picked(all, names);
}

function picked(map: ValueMap, names: readonly Value[] | null): ValueMap {
  if (names === null) return map;
  return new Map(names.map((name) => [name, map.get(keyText(name)) ?? '']));
}

async function succeeds(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch {
    return false;
  }
}
