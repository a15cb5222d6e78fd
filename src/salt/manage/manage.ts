import { type EventBus, packData, sameSecret, unpackData } from '../../bus/index.ts';
import {
  type Clock,
  getString,
  mapOf,
  messageOf,
  type Telemetry,
  type Value,
  type ValueMap,
} from '../../core/index.ts';
import { type StampForm, stampOf } from '../source/stamps.ts';

export interface ManageOptions {
  readonly bus: EventBus;
  /** Fires on the master's bus. */
  readonly send: (tag: string, data: Uint8Array) => Promise<void>;
  /** The master's key as it is now. Throws when it cannot be read. */
  readonly key: () => Promise<string>;
  /** `reactors.list`, `reactors.add` and `reactors.delete` of the reactor. */
  readonly ask: (verb: string, payload: ValueMap) => Promise<Value>;
  readonly stampForm: () => StampForm;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

const where = 'salt/reactors/manage';

type Answer = readonly [reply: string, data: Record<string, Value>];
type Verb = (options: ManageOptions, data: ValueMap) => Promise<Answer>;

/** By how the tag ends. The replies end otherwise, so that none is taken for a question. */
const verbs: Readonly<Record<string, Verb>> = {
  list: async ({ ask }) => ['list-results', { reactors: await ask('reactors.list', new Map()) }],
  add: (options, data) =>
    change(options, 'add', mapOf({ event: textOf(data), reactors: data.get('reactors') ?? [] })),
  delete: (options, data) => change(options, 'delete', mapOf({ event: textOf(data) })),
};

/**
 * Answers `salt-run reactor.list|add|delete` of the master beside which the reactor runs. Those ask by an event
 * that holds the master's key; an event without it is refused and told.
 */
export function answerManagement(options: ManageOptions): { close(): void } {
  const questions = options.bus.subscribe({ from: 'now', prefixes: [], name: 'reactor management' });
  listen(questions, options).catch((error: unknown) => tell(options, messageOf(error)));
  return { close: () => questions.close() };
}

async function listen(questions: ReturnType<EventBus['subscribe']>, options: ManageOptions): Promise<void> {
  let warned = false;
  for await (const message of questions) {
    if (message.kind === 'gap') continue;
    for (const [i, tag] of message.batch.tags.entries()) {
      const verb = verbOf(tag);
      if (verb === undefined) continue;
      try {
        const answered = await answer(verb, message.batch.bodies[i] ?? new Uint8Array(), options);
        if (answered && !warned)
          tell(
            options,
            'salt-run reactor.* sends the key of the master over the event bus, in clear; everyone who may read the bus may then command the master',
          );
        warned ||= answered;
      } catch (error) {
        tell(options, messageOf(error));
      }
    }
  }
}

function verbOf(tag: string): Verb | undefined {
  const at = tag.lastIndexOf(`${where}/`);
  return at < 0 ? undefined : verbs[tag.slice(at + where.length + 1)];
}

/** False when the event does not hold the key. */
async function answer(verb: Verb, body: Uint8Array, options: ManageOptions): Promise<boolean> {
  const data = unpackData(body);
  const key = await options.key();
  if (key === '' || !sameSecret(getString(data, 'key') ?? '', key)) {
    tell(
      options,
      'an event asked for a change of the reactor without the key of the master; nothing was changed',
    );
    return false;
  }
  const [reply, result] = await verb(options, data);
  const stamp = stampOf(options.clock.nowMs(), options.stampForm());
  await options.send(`${where}/${reply}`, packData(mapOf({ ...result, _stamp: stamp })));
  return true;
}

async function change(options: ManageOptions, what: 'add' | 'delete', payload: ValueMap): Promise<Answer> {
  const result = await options
    .ask(`reactors.${what}`, payload)
    .catch((error: unknown) => mapOf({ status: false, comment: messageOf(error) }));
  return [`${what}-complete`, { reactors: await options.ask('reactors.list', new Map()), result }];
}

function textOf(data: ValueMap): string {
  return getString(data, 'event') ?? '';
}

function tell({ telemetry }: ManageOptions, message: string): void {
  telemetry.emit({ kind: 'unexpected', where, message });
}
