import type { EventBus } from '../bus/index.ts';
import { BusReader } from './reader.ts';

/** The first sequence number of a bus whose event is not older than `atMs`: a binary search over the log. */
export async function seekTime(bus: EventBus, atMs: number): Promise<number> {
  const { oldestSeq, nextSeq } = await bus.info();
  let low = oldestSeq;
  let high = nextSeq;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((await timeOf(bus, middle)) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function timeOf(bus: EventBus, seq: number): Promise<number> {
  // Every event counts here, also those that readers are not shown: the log may end with one.
  const reader = new BusReader({ bus, name: 'seek', from: seq, prefixes: [''] });
  try {
    await reader.fill();
    return reader.shift()?.atMs ?? Number.POSITIVE_INFINITY;
  } finally {
    reader.close();
  }
}
