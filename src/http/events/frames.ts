import { unpackData } from '../../bus/index.ts';
import { toJson } from '../../core/index.ts';
import type { TagScope } from '../users/tag-scope.ts';
import type { Segment } from './recent-events.ts';

/** How a stream writes one event; `json` is `{"data": …, "tag": …}` as Salt writes it. */
export type Frame = (seq: number, tag: string, json: string) => string;

/**
 * Salt's two lines, and the sequence number by which a reader resumes behind them: clients that read by lines
 * find what they look for where it always was.
 */
export const saltFrame: Frame = (seq, tag, json) => `tag: ${tag}\ndata: ${json}\nid: ${seq}\n\n`;

interface Written {
  readonly segment: Segment;
  bytes: number;
  /** The JSON of each event, as far as anybody wanted it. */
  readonly json: (string | undefined)[];
  /** All frames for a scope, for the many readers that want the same. */
  readonly frames: Map<string, Buffer>;
}

/** What was written lately, the oldest first: readers at the head ask for the same within milliseconds. */
const written = new Map<Segment, Written>();
const writtenBytesMax = 16 << 20;
let writtenBytes = 0;
/** Different wishes for which frames are kept; further readers are written for by themselves. */
const scopesMax = 32;

/** The frames of a segment from a place on, for tags of a scope; empty when there are none. */
export function framesOf(segment: Segment, from: number, scope: TagScope, key: string, frame: Frame): Buffer {
  const known = writtenOf(segment);
  const isWhole = from <= segment.firstSeq;
  const before = isWhole ? known.frames.get(key) : undefined;
  if (before !== undefined) return before;
  const text = eventsOf(segment, from, scope)
    .map(({ seq, tag, json }) => frame(seq, tag, json))
    .join('');
  const buffer = Buffer.from(text);
  if (isWhole && known.frames.size < scopesMax) {
    known.frames.set(key, buffer);
    grown(known, buffer.length);
  }
  return buffer;
}

interface Joining {
  readonly parts: readonly Buffer[];
  readonly whole: Buffer;
}

/** The last joinings: thousands of readers that stand at one place are written one and the same buffer. */
let joinings: readonly Joining[] = [];
const joiningsMax = 8;

/** Frames of segments in a row as one buffer. */
export function joined(parts: readonly Buffer[]): Buffer {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const known = joinings.find((joining) => isSame(joining.parts, parts));
  if (known !== undefined) return known.whole;
  const whole = Buffer.concat(parts);
  joinings = [{ parts, whole }, ...joinings.slice(0, joiningsMax - 1)];
  return whole;
}

function isSame(some: readonly Buffer[], others: readonly Buffer[]): boolean {
  return some.length === others.length && some.every((part, i) => part === others[i]);
}

/** The events of a segment from a place on, with tags of a scope. Only these are decoded. */
export function eventsOf(
  segment: Segment,
  from: number,
  scope: TagScope,
): { readonly seq: number; readonly tag: string; readonly json: string }[] {
  const { batch, firstSeq } = segment;
  const known = writtenOf(segment);
  const { json } = known;
  const events: { seq: number; tag: string; json: string }[] = [];
  for (let i = Math.max(0, from - firstSeq); i < batch.tags.length; i += 1) {
    const tag = batch.tags[i] as string;
    if (!scope.allows(tag)) continue;
    if (json[i] === undefined) {
      json[i] = jsonOf(tag, batch.bodies[i] as Uint8Array);
      grown(known, json[i]?.length ?? 0);
    }
    events.push({ seq: firstSeq + i, tag, json: json[i] as string });
  }
  return events;
}

function writtenOf(segment: Segment): Written {
  let found = written.get(segment);
  if (found === undefined) {
    found = { segment, bytes: 0, json: [], frames: new Map() };
    written.set(segment, found);
  }
  return found;
}

/** Forgets what was written longest ago when all together is too much. */
function grown(known: Written, bytes: number): void {
  if (written.get(known.segment) !== known) return;
  known.bytes += bytes;
  writtenBytes += bytes;
  for (const oldest of written.values()) {
    if (writtenBytes <= writtenBytesMax) return;
    written.delete(oldest.segment);
    writtenBytes -= oldest.bytes;
  }
}

function jsonOf(tag: string, body: Uint8Array): string {
  return `{"data": ${toJson(unpackData(body))}, "tag": ${JSON.stringify(tag)}}`;
}
