import { join } from 'node:path';
import { open } from 'lmdb';
import {
  type Decision,
  type NewEvents,
  type OutboxEntry,
  type ReactorStore,
  type Settlement,
  silentTelemetry,
} from '../src/core/index.ts';
import { openEventLog, openReactorStore } from '../src/journal/index.ts';
import { systemClock, systemIds } from '../src/system/index.ts';
import { inFolder } from './support/folder.ts';
import { type BenchOptions, medianOf, type Row } from './support/report.ts';

const eventsPerBatch = 64;
const bodyBytes = 200;

export const about =
  'Bodies of 200 bytes; a commit is one fdatasync. Bare LMDB writes records of the same size, as many in a transaction.';

/**
 * Durable appends of batches of 64 events, several under way at once as publishers have them, beside bare
 * LMDB writing records of the same size with sync; then what one reactor writes for each reaction.
 */
export function run({ quick }: BenchOptions): Promise<Row[]> {
  const durationMs = quick ? 50 : 1500;
  const rounds = quick ? 1 : 3;
  return inFolder(async (folder) => {
    const log = await medianOf(rounds, (round) => appendRate(join(folder, `log${round}`), durationMs, 16));
    const bare = await medianOf(rounds, (round) => bareRate(join(folder, `bare${round}`), durationMs, 16));
    const single = await appendRate(join(folder, 'single'), durationMs, 1);
    const reactions = await reactionRate(join(folder, 'reactor'), durationMs);
    return [
      row('events appended, 16 batches of 64 under way', log, bare),
      row('events appended, one batch of 64 under way', single),
      row('reactions decided, queued and settled, 256 at a time', reactions),
    ];
  });
}

function row(measure: string, value: number, bare?: number): Row {
  const base = { measure, value, unit: '/s', note: 'durable' };
  return bare === undefined ? base : { ...base, against: 'bare LMDB, same bytes', ratio: value / bare };
}

async function appendRate(folder: string, durationMs: number, underWay: number): Promise<number> {
  const log = await openEventLog(folder, {
    clock: systemClock,
    ids: systemIds(systemClock),
    telemetry: silentTelemetry,
    retentionMs: 1e12,
    retentionBytes: 1e12,
  });
  const batch = eventsOf(eventsPerBatch);
  const begun = performance.now();
  const writer = async (): Promise<void> => {
    while (performance.now() - begun < durationMs) await log.append([batch]);
  };
  await Promise.all(Array.from({ length: underWay }, writer));
  const perSecond = ((log.nextSeq() - 1) / (performance.now() - begun)) * 1000;
  await log.close();
  return perSecond;
}

/** LMDB alone: as many records of the same size in each transaction, synced. */
async function bareRate(folder: string, durationMs: number, underWay: number): Promise<number> {
  const db = open<Uint8Array, number>({
    path: folder,
    noSubdir: false,
    encoding: 'binary',
    overlappingSync: false,
  });
  const record = Buffer.alloc(eventsPerBatch * (bodyBytes + 30), 1);
  const begun = performance.now();
  let key = 0;
  while (performance.now() - begun < durationMs) {
    let last: Promise<boolean> | undefined;
    for (let i = 0; i < underWay; i += 1) {
      key += 1;
      last = db.put(key, record);
    }
    await last;
  }
  const perSecond = ((key * eventsPerBatch) / (performance.now() - begun)) * 1000;
  await db.close();
  return perSecond;
}

/** The two commits that a reactor makes for 256 reactions: decided and queued, then settled. */
async function reactionRate(folder: string, durationMs: number): Promise<number> {
  const store = await openReactorStore(folder, {
    clock: systemClock,
    telemetry: silentTelemetry,
    keepDecisionsMs: 1e12,
  });
  const begun = performance.now();
  let seq = 1;
  let settling: Promise<void> = Promise.resolve();
  while (performance.now() - begun < durationMs) {
    const turn = turnOf(seq, 256);
    seq += 256;
    await store.commit(turn.decided);
    await settling;
    settling = store.commit(turn.settled);
  }
  await settling;
  const perSecond = ((seq - 1) / (performance.now() - begun)) * 1000;
  await store.close();
  return perSecond;
}

type Commit = Parameters<ReactorStore['commit']>[0];

function turnOf(firstSeq: number, count: number): { decided: Commit; settled: Commit } {
  const decisions: Decision[] = [];
  const outbox: OutboxEntry[] = [];
  const settled: Settlement[] = [];
  for (let i = 0; i < count; i += 1) {
    const seq = firstSeq + i;
    const event = `abcdef01-${seq}`;
    const id = `${event}.0`;
    const jid = `20261122160000${String(seq).padStart(6, '0')}`;
    const tag = 'salt/job/20261122160000000000/ret/web1';
    const common = { seq, tag, rule: 'restart-nginx', reason: 'its condition is true', ruleSet: 'f00d' };
    decisions.push({ ...common, event, verdict: 'fired', problems: [], reactions: [id], atMs: 1.8e12 });
    const action = {
      kind: 'local',
      fun: 'service.restart',
      tgt: 'web1',
      tgtType: 'glob',
      arg: [],
      kwarg: new Map([['name', 'nginx']]),
      ret: '',
      timeoutS: null,
      metadata: null,
    } as const;
    const reaction = { id, jid, cause: { event, rule: common.rule }, depth: 1, action };
    outbox.push({ reaction, ruleSet: 'f00d', attempts: 0, notBeforeMs: 0 });
    const outcome = { ok: true, repeated: false, jid, detail: null } as const;
    settled.push({ reaction: id, outcome, attempts: 1, atMs: 1.8e12 });
  }
  const cursor = { source: 'abcdef01', nextSeq: firstSeq + count };
  return { decided: { cursor, decisions, outbox }, settled: { settled } };
}

function eventsOf(count: number): NewEvents {
  const tags = Array.from({ length: count }, (_, i) => `acme/disk/host${i}/full`);
  return { tags, bodies: tags.map(() => Buffer.alloc(bodyBytes, 0x61)), heads: null };
}
