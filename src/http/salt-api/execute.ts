import type { FastifyReply } from 'fastify';
import { textAt, type Value } from '../../core/index.ts';
import { HttpError } from '../server/http-error.ts';
import type { ApiParts } from '../server/route-group.ts';
import type { Caller } from '../users/caller.ts';
import type { Execution } from './execution.ts';
import type { Chunk } from './lowstate.ts';
import { runCall, startCall } from './master-calls.ts';
import { runBatch, runJob, runSubset, startJob } from './minion-jobs.ts';
import { isClientName } from './welcome.ts';

/** One client of salt-api: what it returns for a chunk, which may be several values. */
type Client = (chunk: Chunk, execution: Execution) => Promise<Value[]>;

const one =
  (run: (chunk: Chunk, execution: Execution) => Promise<Value>): Client =>
  async (chunk, execution) => [await run(chunk, execution)];

const clients: Readonly<Record<string, Client>> = {
  local: one(runJob),
  local_async: one(startJob),
  local_batch: runBatch,
  local_subset: one(runSubset),
  runner: one((chunk, execution) => runCall('runner', chunk, execution)),
  runner_async: one((chunk, execution) => startCall('runner', chunk, execution)),
  wheel: one((chunk, execution) => runCall('wheel', chunk, execution)),
  wheel_async: one((chunk, execution) => startCall('wheel', chunk, execution)),
};

/** Runs chunks one after the other, as salt-api does; the first that cannot be run ends the request. */
export async function runLowstate(
  chunks: readonly Chunk[],
  whose: (chunk: Chunk) => Promise<Caller>,
  { parts, reply }: { readonly parts: ApiParts; readonly reply: FastifyReply },
): Promise<Value[]> {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const returns: Value[] = [];
  for (const chunk of chunks) {
    if (gone.signal.aborted) break;
    parts.master.require();
    const client = clientOf(chunk, parts);
    const caller = await whose(chunk);
    if (chunk.has('raw_shell')) throw new HttpError(401, 'Raw shell option not allowed.');
    returns.push(...(await client(chunk, { parts, caller, signal: gone.signal })));
  }
  return returns;
}

function clientOf(chunk: Chunk, { api }: ApiParts): Client {
  const given = chunk.get('client');
  const name = typeof given === 'string' ? given : 'None';
  if (!isClientName(name)) throw new HttpError(400, `Invalid client specified: '${name.slice(0, 100)}'`);
  const client = Object.hasOwn(clients, name) && api.clients.includes(name) ? clients[name] : undefined;
  if (client !== undefined) return client;
  const where = "Add to 'netapi_enable_clients' master config option to enable.";
  throw new HttpError(400, `Client disabled: '${textAt(chunk, 'client')}'. ${where}`);
}
