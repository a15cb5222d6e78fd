import { mapOf, textAt, type Value, type ValueMap } from '../../core/index.ts';
import type { Store } from '../../journal/index.ts';
import { listAt } from '../wire.ts';
import type { Deliveries } from './deliveries.ts';
import type { JobCache } from './job-cache.ts';

export interface OpenJobsParts {
  readonly store: Store;
  readonly cache: JobCache;
  readonly deliveries: Deliveries;
}

interface Open {
  readonly jid: string;
  readonly rule: string;
  readonly minions: readonly string[];
}

/** Which of the `jids`, or which jobs and runs of the `rules`, have not ended: `{jid, rule, minions}` of each. */
export function openJobs(request: ValueMap, parts: OpenJobsParts): Value {
  const texts = (key: string): string[] =>
    listAt(request, key).filter((item): item is string => typeof item === 'string');
  const rules = new Set(texts('rules'));
  const found = rules.size > 0 ? ofRules(rules, parts) : texts('jids').flatMap((jid) => ofJid(jid, parts));
  return found.map(({ jid, rule, minions }): Value => mapOf({ jid, rule, minions: [...minions] }));
}

function ofJid(jid: string, { store, cache, deliveries }: OpenJobsParts): Open[] {
  const running = store.get('running', jid);
  if (running !== undefined) return [{ jid, rule: ruleOfRun(running), minions: [] }];
  const job = cache.find(jid);
  const minions = job?.minions.filter((id) => deliveries.isOpen(id, jid)) ?? [];
  return minions.length === 0 ? [] : [{ jid, rule: job?.load.cause?.rule ?? '', minions }];
}

function ofRules(rules: ReadonlySet<string>, { store, cache, deliveries }: OpenJobsParts): Open[] {
  const found = new Map<string, { jid: string; rule: string; minions: string[] }>();
  for (const [id, jid] of deliveries.open()) {
    const known = found.get(jid);
    const rule = known?.rule ?? cache.find(jid)?.load.cause?.rule ?? '';
    if (!rules.has(rule)) continue;
    if (known === undefined) found.set(jid, { jid, rule, minions: [id] });
    else known.minions.push(id);
  }
  const jobs: Open[] = [...found.values()];
  for (const [jid, value] of store.range('running'))
    if (rules.has(ruleOfRun(value))) jobs.push({ jid, rule: ruleOfRun(value), minions: [] });
  return jobs;
}

function ruleOfRun(value: Value): string {
  return value instanceof Map ? textAt(value, 'rule') : '';
}
