import type { FunctionCall } from '../../client/index.ts';
import { mapOf, type Value, type ValueMap } from '../../core/index.ts';

/** How salt-api answers `jobs.list_job` for a job that is not known. */
export function unknownJob({ fun, arg, kwarg, loose }: FunctionCall): ValueMap | undefined {
  if (fun !== 'jobs.list_job') return undefined;
  const jid: Value = arg?.[0] ?? kwarg?.get('jid') ?? loose?.get('jid') ?? '';
  return mapOf({
    jid,
    Error: 'Cannot contact returner or no job with this jid',
    StartTime: startTime(typeof jid === 'string' ? jid : ''),
    Result: new Map(),
  });
}

/** salt-api names the missing minions of a job only when there are some. */
export function withoutEmptyMissing(job: Value): void {
  if (!(job instanceof Map)) return;
  const missing = job.get('Missing');
  if (Array.isArray(missing) && missing.length === 0) job.delete('Missing');
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2026, Nov 22 14:38:51.469817`, as far as the id holds a time. */
function startTime(jid: string): string {
  const [, year, month, day, hour, minute, second, micros] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{6})/.exec(jid) ?? [];
  const name = months[Number(month) - 1];
  return name === undefined ? '' : `${year}, ${name} ${day} ${hour}:${minute}:${second}.${micros}`;
}
