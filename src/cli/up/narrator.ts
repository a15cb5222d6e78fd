import { connectBus, connectLink, socketPath } from '../../bus/index.ts';
import { BusReader, type ReadEvent } from '../../client/index.ts';
import { eventId, mapOf, messageOf, type TraceEvent, toJson, type ValueMap } from '../../core/index.ts';
import { systemClock } from '../../system/index.ts';
import type { Context } from '../context.ts';
import { eventLine } from '../output/event-line.ts';
import { plainPaint } from '../output/paint.ts';
import { reactionLine, reactionRecord } from '../output/reaction-line.ts';

/** Lines that wait for the ready line, at most. */
const heldMax = 1000;

/**
 * Shows one line for each event and each reaction. Nothing is shown before `open`, because the ready line
 * comes first.
 */
export class Narrator {
  readonly #context: Context;
  readonly #json: boolean;
  #held: string[] | undefined = [];
  #close: () => Promise<void> = () => Promise.resolve();

  constructor(context: Context, json: boolean) {
    this.#context = context;
    this.#json = json;
  }

  async start(): Promise<void> {
    const { settings, io } = this.#context;
    const endpoint = `ipc://${socketPath(settings.sockDir, 'master')}`;
    const link = connectLink({ endpoint, clock: systemClock });
    const bus = connectBus(link, { clock: systemClock });
    const reader = new BusReader({
      bus,
      name: 'up',
      from: 'now',
      prefixes: [],
      onGap: (gap) => io.err(`gap: events ${gap.fromSeq} to ${gap.toSeq} are not shown: ${gap.reason}\n`),
    });
    await reader.ready;
    const { logId } = await bus.info();
    const reading = this.#read(reader, logId);
    this.#close = async () => {
      reader.close();
      await bus.close();
      await link.close();
      await reading;
    };
  }

  stop(): Promise<void> {
    return this.#close();
  }

  open(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const line of held) this.#context.io.out(line);
  }

  trace(event: TraceEvent): void {
    if (this.#json) {
      const record = reactionRecord(event);
      if (record !== null) this.#say(toJson(record, { compact: true }));
      return;
    }
    const line = reactionLine(event, this.#context.paint);
    if (line !== null) this.#say(`${time(systemClock.nowMs())} ${line}`);
  }

  async #read(reader: BusReader, logId: string): Promise<void> {
    try {
      while (!reader.closed) {
        const event = reader.shift();
        if (event === undefined) await reader.fill();
        else this.#event(event, eventId(logId, event.seq));
      }
    } catch (error) {
      this.#context.io.err(`brine: events are not shown any more: ${messageOf(error)}\n`);
    }
  }

  #event(event: ReadEvent, id: string): void {
    const { tag, seq, head } = event;
    const data = event.data();
    if (this.#json) this.#say(toJson(eventRecord({ id, seq, tag, data, head }), { compact: true }));
    else this.#say(`${time(event.atMs)} ${eventLine({ id, tag, data, head }, this.#paint())}`);
  }

  #paint(): Context['paint'] {
    return this.#context.io.outIsTerminal ? this.#context.paint : plainPaint;
  }

  #say(line: string): void {
    if (this.#held === undefined) this.#context.io.out(`${line}\n`);
    else if (this.#held.length < heldMax) this.#held.push(`${line}\n`);
  }
}

function eventRecord(event: {
  id: string;
  seq: number;
  tag: string;
  data: ValueMap;
  head: ReadEvent['head'];
}): ValueMap {
  const { id, seq, tag, data, head } = event;
  const cause = head?.cause === undefined ? undefined : mapOf({ ...head.cause });
  return mapOf({ event: id, seq, tag, data, cause, depth: head?.depth });
}

/** The local time of day. */
function time(atMs: number): string {
  const date = new Date(atMs);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
