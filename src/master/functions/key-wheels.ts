import { fingerprint, newKeyPair } from '../../bus/index.ts';
import { BrineError, type EventHead, mapOf, type Value, type ValueMap } from '../../core/index.ts';
import type { KeyRecord } from '../keys/key-states.ts';
import type { KeyChange, Keyring } from '../keys/keyring.ts';
import { minionIdFault } from '../minions/minion-id.ts';
import { globTest } from '../targets/index.ts';
import { type FunctionTable, type MasterFunction, optionalText, textOf } from './function.ts';

/** Salt's names of the states, in its order. */
type Section = 'minions' | 'minions_pre' | 'minions_rejected' | 'minions_denied';

const sections: readonly Section[] = ['minions', 'minions_pre', 'minions_rejected', 'minions_denied'];

const shortNames: Readonly<Record<string, Section>> = {
  acc: 'minions',
  accepted: 'minions',
  minions: 'minions',
  pre: 'minions_pre',
  un: 'minions_pre',
  unaccepted: 'minions_pre',
  pending: 'minions_pre',
  minions_pre: 'minions_pre',
  rej: 'minions_rejected',
  rejected: 'minions_rejected',
  minions_rejected: 'minions_rejected',
  den: 'minions_denied',
  denied: 'minions_denied',
  minions_denied: 'minions_denied',
};

const local = 'master.pub';

/** Management of minions' keys. */
export function keyWheels(keys: Keyring, masterKey: string): FunctionTable {
  return {
    'key.list_all': {
      doc: 'All minion ids by the state of their keys.',
      parameters: [],
      run: () => new Map<Value, Value>([['local', [local]], ...listed(keys, sections)]),
    },
    'key.list': {
      doc: 'The minion ids whose keys have a state: acc, pre, rej, den, or all.',
      parameters: [{ name: 'match' }],
      run: (given) => {
        const state = textOf(given, 'match');
        if (state === 'all') return listed(keys, sections);
        const section = Object.hasOwn(shortNames, state) ? shortNames[state] : undefined;
        if (section === undefined)
          throw new BrineError(
            'BAD_ARGUMENT',
            `There is no key state ${state}; acc, pre, rej, den and all are.`,
          );
        return listed(keys, [section]);
      },
    },
    'key.accept': {
      doc: 'Accepts pending keys by glob; with include_rejected also rejected ones.',
      parameters: [{ name: 'match' }, { name: 'include_rejected', default: false }],
      run: change(
        keys,
        'accept',
        (record, given) =>
          record.state === 'pending' ||
          (record.state === 'rejected' && given.get('include_rejected') === true),
      ),
    },
    'key.reject': {
      doc: 'Rejects pending keys by glob; with include_accepted also accepted ones.',
      parameters: [{ name: 'match' }, { name: 'include_accepted', default: false }],
      run: change(
        keys,
        'reject',
        (record, given) =>
          record.state === 'pending' ||
          (record.state === 'accepted' && given.get('include_accepted') === true),
      ),
    },
    'key.delete': {
      doc: 'Forgets keys by glob, whatever their state. Returns what was deleted.',
      parameters: [{ name: 'match' }],
      run: deleteKeys(keys),
    },
    'key.finger': finger(keys, masterKey),
    'key.gen_accept': generate(keys),
  };
}

function sectionOf({ state }: KeyRecord): Section {
  return state === 'accepted' ? 'minions' : state === 'pending' ? 'minions_pre' : 'minions_rejected';
}

function listed(keys: Keyring, wanted: readonly Section[]): ValueMap {
  const records = [...keys.records()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return new Map(
    wanted.map((section): [Value, Value] => {
      const members =
        section === 'minions_denied'
          ? records.filter(({ deniedKey }) => deniedKey !== null)
          : records.filter((record) => sectionOf(record) === section);
      return [section, members.map(({ id }) => id)];
    }),
  );
}

/** Ids that a match means: a glob, several with commas between them, or a list. */
function matching(keys: Keyring, given: ValueMap): KeyRecord[] {
  const match = given.get('match') ?? null;
  const texts = Array.isArray(match) ? match : textOf(given, 'match').split(',');
  const tests = texts.map((text) => globTest(String(text as string).trim()));
  return [...keys.records()].filter(({ id }) => tests.some((test) => test(id)));
}

function bySection(records: Iterable<KeyRecord>): ValueMap {
  const found: ValueMap = new Map();
  for (const record of [...records].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const section = sectionOf(record);
    const members = found.get(section);
    if (Array.isArray(members)) members.push(record.id);
    else found.set(section, [record.id]);
  }
  return found;
}

function change(
  keys: Keyring,
  how: KeyChange,
  isMeant: (record: KeyRecord, given: ValueMap) => boolean,
): MasterFunction['run'] {
  return async (given, { head }) => {
    const matched = matching(keys, given);
    const meant = matched.filter((record) => isMeant(record, given)).map(({ id }) => id);
    await keys.change(meant, how, head);
    return bySection(matched.flatMap(({ id }) => keys.get(id) ?? []));
  };
}

function deleteKeys(keys: Keyring): MasterFunction['run'] {
  return async (given, { head }) => {
    const matched = matching(keys, given);
    await keys.change(
      matched.map(({ id }) => id),
      'delete',
      head,
    );
    return bySection(matched);
  };
}

function finger(keys: Keyring, masterKey: string): MasterFunction {
  return {
    doc: "The fingerprints of keys by glob, with the master's own under local.",
    parameters: [
      { name: 'match', default: '*' },
      { name: 'hash_type', default: null },
    ],
    run: (given) => {
      const hash = optionalText(given, 'hash_type');
      if (hash !== null && hash !== 'sha256')
        throw new BrineError('UNSUPPORTED', `Fingerprints are sha256, not ${hash}.`);
      const found: ValueMap = new Map();
      const match = given.get('match');
      if (match === '*' || match === local) found.set('local', mapOf({ [local]: fingerprint(masterKey) }));
      for (const record of matching(keys, given)) {
        addFinger(found, sectionOf(record), record.id, record.publicKey);
        if (record.deniedKey !== null) addFinger(found, 'minions_denied', record.id, record.deniedKey);
      }
      return found;
    },
  };
}

function addFinger(found: ValueMap, section: Section, id: string, publicKey: string): void {
  const members = found.get(section);
  if (members instanceof Map) members.set(id, fingerprint(publicKey));
  else found.set(section, mapOf({ [id]: fingerprint(publicKey) }));
}

function generate(keys: Keyring): MasterFunction {
  return {
    doc: 'Makes a key pair for a minion and accepts it. Nothing happens when the id is known, unless force=True.',
    parameters: [{ name: 'id_' }, { name: 'keysize', default: null }, { name: 'force', default: false }],
    run: async (given, { head }: { head: EventHead | undefined }) => {
      const id = textOf(given, 'id_');
      const fault = minionIdFault(id);
      if (fault !== undefined)
        throw new BrineError('BAD_ARGUMENT', `The minion id cannot be used: ${fault}.`);
      if (keys.get(id) !== undefined && given.get('force') !== true) return new Map();
      const pair = newKeyPair();
      await keys.add(id, pair.publicKey, head);
      return mapOf({ priv: pair.secretKey, pub: pair.publicKey });
    },
  };
}
