import { fireSaltEvents, readSaltEvents, type SaltEvent, unpackData } from '../../bus/index.ts';
import { type Clock, type Ids, mapOf, messageOf, textAt, type Value } from '../../core/index.ts';
import type { SaltMaster } from '../master-config/master.ts';
import type { SaltAsking } from '../plane/asking.ts';
import { Sender } from '../source/sender.ts';
import { type Finding, well, wrong } from './finding.ts';

export interface MasterDeps {
  readonly asking: SaltAsking;
  readonly clock: Clock;
  readonly ids: Ids;
}

const answerMs = 5000;
const connectMs = 3000;
const frameBytesMax = 64 << 20;

/** What only a running master can tell: whether it answers, which release it is, and how its events travel. */
export async function examineRunning(salt: SaltMaster, deps: MasterDeps): Promise<Finding[]> {
  const requests = await examineRequests(salt, deps);
  if (requests.level === 'error') return [requests];
  return [requests, ...(await examineBus(salt, deps))];
}

async function examineRequests(salt: SaltMaster, { asking }: MasterDeps): Promise<Finding> {
  const about = 'requests';
  try {
    await asking.ping(answerMs);
    return well(about, `${salt.endpoint} answers`);
  } catch (error) {
    const change = 'start the master; if it runs, look at `interface` and `ret_port` in its file';
    return wrong(about, `${salt.endpoint} does not answer: ${messageOf(error)}`, change);
  }
}

/** Reads the bus while a probe is fired, and while the master says which release it is. */
async function examineBus(salt: SaltMaster, deps: MasterDeps): Promise<Finding[]> {
  const { clock } = deps;
  const seen = new SeenEvents(clock);
  const firing = fireSaltEvents({ path: salt.sockets.pull, clock });
  const reader = readSaltEvents({
    path: salt.sockets.pub,
    clock,
    frameBytesMax,
    connected: () => seen.connected(),
    events: (events) => {
      for (const event of events) sender.saw(event.tag, event.data);
      seen.add(events);
    },
    refused: () => undefined,
    lost: (reason) => seen.lost(reason),
  });
  const sender = new Sender({
    firing,
    clock,
    ids: deps.ids,
    pubFraming: () => reader.framing,
    found: () => undefined,
  });
  try {
    const lost = await seen.whenConnected();
    if (lost !== undefined) return [wrong('events', lost, `run Brine as ${salt.user} or as root`)];
    const key = await examineKey(salt, deps, seen);
    return [await examineFiring(sender, reader, deps), key];
  } finally {
    reader.close();
    firing.close();
  }
}

async function examineFiring(
  sender: Sender,
  reader: { readonly framing: string | undefined },
  { ids }: MasterDeps,
): Promise<Finding> {
  const about = 'events';
  try {
    await sender.send(`brine/probe/${ids.random(8)}`, probe, {});
    return well(about, `are fired ${sender.framing} and read ${reader.framing}`);
  } catch (error) {
    return wrong(about, messageOf(error), 'look into the log of the master');
  }
}

/** An empty map. */
const probe = new Uint8Array([0x80]);

/** A runner that says nothing of the system but its release. */
async function examineKey(salt: SaltMaster, deps: MasterDeps, seen: SeenEvents): Promise<Finding> {
  const about = 'release';
  try {
    const kwarg = mapOf({ arg: ['test.version'], kwarg: new Map() });
    const load = mapOf({ cmd: 'runner', fun: 'salt.cmd', kwarg, user: salt.user });
    const answer = await deps.asking.ask(load, answerMs);
    const version = await seen.returnOf(textAt(answer, 'jid'));
    return version === undefined
      ? wrong(
          about,
          'the key was taken, but no return of a runner was seen on the bus',
          'look into the log of the master',
        )
      : well(
          about,
          `the key was taken; the master is Salt ${typeof version === 'string' ? version : '(unknown)'}`,
        );
  } catch (error) {
    return wrong(
      about,
      messageOf(error),
      `run Brine as ${salt.user} or as root, with the cachedir of this master`,
    );
  }
}

/** What was read so far, for whoever waits for some of it. */
class SeenEvents {
  readonly #clock: Clock;
  readonly #events: SaltEvent[] = [];
  #wake: () => void = () => undefined;
  #connected = false;
  #lost: string | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  connected(): void {
    this.#connected = true;
    this.#wake();
  }

  lost(reason: string): void {
    this.#lost = reason;
    this.#wake();
  }

  add(events: readonly SaltEvent[]): void {
    this.#events.push(...events);
    this.#wake();
  }

  /** Why there is no connection; undefined when there is one. */
  async whenConnected(): Promise<string | undefined> {
    await this.#until(() => this.#connected || this.#lost !== undefined, connectMs);
    return this.#connected ? undefined : (this.#lost ?? 'the bus does not take a connection');
  }

  async returnOf(jid: string): Promise<Value | undefined> {
    const tag = `salt/run/${jid}/ret`;
    await this.#until(() => this.#events.some((event) => event.tag === tag), answerMs * 2);
    const found = this.#events.find((event) => event.tag === tag);
    return found === undefined ? undefined : (unpackData(found.data).get('return') ?? null);
  }

  async #until(done: () => boolean, withinMs: number): Promise<void> {
    let late = false;
    const cancel = this.#clock.after(withinMs, () => {
      late = true;
      this.#wake();
    });
    while (!done() && !late)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    cancel();
  }
}
