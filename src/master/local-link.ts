import { isKey, type LinkServer } from '../bus/index.ts';
import {
  BrineError,
  mapOf,
  type Outcome,
  outcomeToValue,
  type Reaction,
  reactionFromValue,
  textAt,
  type Value,
  type ValueMap,
} from '../core/index.ts';
import type { RunKind, RunRequest, Runs } from './functions/runs.ts';
import { isUsableJid } from './jobs/job-record.ts';
import { type OpenJobsParts, openJobs } from './jobs/open-jobs.ts';
import type { Publisher } from './jobs/publisher.ts';
import type { Keyring } from './keys/keyring.ts';
import { minionIdFault } from './minions/minion-id.ts';
import { handleMap, handleValue, listAt, mapAt, requireText } from './wire.ts';

export interface LocalOptions extends OpenJobsParts {
  readonly publisher: Publisher;
  readonly runs: Runs;
  readonly keys: Keyring;
  readonly submit: (reactions: readonly Reaction[]) => Promise<Outcome[]>;
  readonly status: () => ValueMap;
  readonly health: () => ValueMap;
}

const reactionsMax = 10_000;

/** What processes of the same system user may ask. */
export function serveLocal(link: LinkServer, options: LocalOptions): void {
  handleValue(link, 'submit', async (payload) => {
    if (!Array.isArray(payload) || payload.length > reactionsMax)
      throw new BrineError(
        'BAD_MESSAGE',
        `The payload of submit is a list of at most ${reactionsMax} reactions.`,
      );
    return (await options.submit(payload.map(readReaction))).map(outcomeToValue);
  });
  handleMap(link, 'job', (request) => publishJob(request, options.publisher));
  handleMap(link, 'run', (request) => call('runner', request, options.runs));
  handleMap(link, 'wheel', (request) => call('wheel', request, options.runs));
  handleMap(link, 'ask', (request) => ask(request, options.runs));
  handleMap(link, 'jobs.open', (request) => openJobs(request, options));
  handleMap(link, 'status', () => options.status());
  handleMap(link, 'health', () => options.health());
  handleMap(link, 'introduce', async (request) => introduce(request, options.keys));
}

function readReaction(raw: Value): Reaction {
  try {
    return reactionFromValue(raw);
  } catch (cause) {
    throw new BrineError('BAD_MESSAGE', 'A reaction does not decode.', { cause });
  }
}

/** What a process of the master's own user says for whom it asks, such as `api:alice@192.0.2.7`. */
export function sourceOf(given: string | undefined): string {
  return given !== undefined && /^api:[^\s]{1,200}$/.test(given) ? given : 'local';
}

async function publishJob(request: ValueMap, publisher: Publisher): Promise<Value> {
  const [published] = await publisher.publish([
    {
      jid: textAt(request, 'jid') || null,
      tgt: request.get('tgt') ?? '',
      tgtType: textAt(request, 'tgt_type') || 'glob',
      fun: requireText(request, 'fun'),
      arg: listAt(request, 'arg'),
      kwarg: mapAt(request, 'kwarg'),
      user: textAt(request, 'user'),
      ret: textAt(request, 'ret'),
      metadata: request.get('metadata') ?? null,
      cause: null,
      depth: 0,
      ...askerOf(request),
    },
  ]);
  if (published?.ok === true) {
    const { load, minions, missing } = published.record;
    const answer = mapOf({ jid: load.jid, minions: [...minions], missing: [...missing] });
    if (published.repeated) answer.set('repeated', true);
    return answer;
  }
  if (published?.reason === 'refused' && request.has('within'))
    throw new BrineError('FORBIDDEN', published.message);
  if (published === undefined || published.reason !== 'no-minions')
    throw new BrineError('BAD_ARGUMENT', published?.message ?? 'The job was not taken.');
  return mapOf({ jid: null, minions: [], missing: [...published.missing], error: published.message });
}

function askerOf(request: ValueMap): { source?: string; within?: readonly string[] } {
  const source = sourceOf(textAt(request, 'source'));
  return {
    ...(source === 'local' ? {} : { source }),
    ...(request.has('within') ? { within: textsAt(request, 'within') } : {}),
  };
}

function textsAt(request: ValueMap, key: string): string[] {
  return listAt(request, key).filter((item) => typeof item === 'string');
}

async function call(kind: RunKind, request: ValueMap, runs: Runs): Promise<Value> {
  const jid = textAt(request, 'jid') || null;
  if (jid !== null && !isUsableJid(jid)) throw new BrineError('BAD_ARGUMENT', `${jid} is not a job id.`);
  if (jid !== null && runs.isKnown(jid))
    throw new BrineError('BAD_ARGUMENT', `Something has run under the job id ${jid} already.`);
  const run: RunRequest = {
    kind,
    jid,
    fun: requireText(request, 'fun'),
    arg: listAt(request, 'arg'),
    kwarg: mapAt(request, 'kwarg'),
    legacy: null,
    user: textAt(request, 'user'),
    head: { source: sourceOf(textAt(request, 'source')) },
    ...(request.has('loose') ? { loose: mapAt(request, 'loose') } : {}),
    ...(request.has('emit') ? { emit: textsAt(request, 'emit') } : {}),
  };
  if (request.get('async') === true) {
    const started = await runs.start(run);
    started.execute().catch(() => undefined);
    return mapOf({ jid: started.jid, tag: started.tag });
  }
  const result = await runs.run(run);
  return mapOf({ jid: result.jid, tag: result.tag, return: result.return, success: result.success });
}

/** For templates that look something up: no job, no events, only what the function returns. */
function ask(request: ValueMap, runs: Runs): Promise<Value> {
  const kind = requireText(request, 'kind');
  if (kind !== 'runner' && kind !== 'wheel')
    throw new BrineError('BAD_MESSAGE', `${kind} is neither runner nor wheel.`);
  return runs.ask(kind, requireText(request, 'fun'), listAt(request, 'arg'), mapAt(request, 'kwarg'));
}

/** A process of our own system user vouches for a minion of this host by showing its key here. */
async function introduce(request: ValueMap, keys: Keyring): Promise<Value> {
  const id = requireText(request, 'id');
  const publicKey = requireText(request, 'public_key');
  const fault = minionIdFault(id);
  if (fault !== undefined) throw new BrineError('BAD_ARGUMENT', `The minion id cannot be used: ${fault}.`);
  if (!isKey(publicKey)) throw new BrineError('BAD_ARGUMENT', 'The public key is not a CURVE key.');
  return mapOf({ act: await keys.vouch(id, publicKey) });
}
