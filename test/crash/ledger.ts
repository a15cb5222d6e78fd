/**
 * The crash ledger. A generator publishes numbered events at a bounded rate while master, minion and reactor are
 * killed (SIGKILL) at random and started again; then every event is accounted for from what is on the disks.
 *
 *   node --import tsx test/crash/ledger.ts [--kills N] [--events N] [--seconds N] [--seed N] [--keep]
 *
 * Ends with 1 when anything is missing or happened twice. The defaults are the short form.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Audit, audit, ledgerRulesText } from './support/audit.ts';
import { Cluster } from './support/cluster.ts';
import { drained } from './support/drained.ts';
import { Generator, ledgerEvent } from './support/generator.ts';
import { type Role, roles } from './support/process.ts';
import { seededRandom } from './support/random.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    events: { type: 'string', default: '20000' },
    /** Time between kills is drawn so that they fill about this long. */
    seconds: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    keep: { type: 'boolean', default: false },
  },
});
const kills = Number(values.kills);
const events = Number(values.events);
const seconds = Number(values.seconds ?? kills * 1.4);
const seed = Number(values.seed);
const linesMax = 20;
const jobsMax = 100;

/** Kills and restarts, one process at a time; a third of the kills hit a process that is still starting. */
async function killAtRandom(cluster: Cluster, random: () => number): Promise<Record<Role, number>> {
  const counts = { master: 0, minion: 0, reactor: 0 };
  const meanMs = (seconds * 1000) / kills;
  for (let kill = 0; kill < kills; kill += 1) {
    await pause(meanMs * (0.4 + random() * 1.2));
    const role = roles[Math.floor(random() * roles.length)] ?? 'master';
    const victim = cluster.processes[role];
    if (random() > 1 / 3) await Promise.race([victim.ready, pause(10_000)]);
    await victim.end('SIGKILL');
    counts[role] += 1;
    await pause(random() * 200);
    void victim.start();
  }
  for (const role of roles)
    if (!(await cluster.processes[role].ready))
      throw new Error(`the ${role} did not start again:\n${cluster.processes[role].lastLines(20)}`);
  return counts;
}

function tell(result: Audit, killed: Record<Role, number>, tookS: number): void {
  const rows: [string, string | number][] = [
    ['kills', `${kills} (master ${killed.master}, minion ${killed.minion}, reactor ${killed.reactor})`],
    ['seed', seed],
    ['seconds', tookS.toFixed(0)],
    ['accepted', result.accepted],
    ['refused', result.refused],
    ['unknown', `${result.unknown} (${result.unknownPresent} of them are in the log)`],
    ['decided', `${result.decided} events, ${result.decisions} decisions`],
    ['dispatched', `${result.dispatched} reactions, ${result.dead} more are dead letters, as they should be`],
    ['effects', result.effects],
    ['interrupted', `${result.interrupted} jobs (${result.interruptedWithEffect} of them with their effect)`],
    ['undelivered', result.undelivered],
    ['repeats', `${result.repeats.length}, none of them done twice`],
    ['missing', result.missing.length],
    ['wrong', result.wrong.length],
  ];
  for (const [name, value] of rows) process.stdout.write(`${name.padEnd(12)} ${value}\n`);
  for (const { reaction, jid } of result.repeats.slice(0, linesMax))
    process.stdout.write(`  repeated: reaction ${reaction}, jid ${jid} each time\n`);
  for (const line of [...result.missing, ...result.wrong].slice(0, 2 * linesMax))
    process.stdout.write(`  ${line}\n`);
}

async function run(folder: string): Promise<boolean> {
  const startMs = performance.now();
  const effectsFile = join(folder, 'effects');
  const config = { jobs_max: jobsMax };
  await using cluster = new Cluster({ folder, rules: ledgerRulesText(effectsFile), config });
  await cluster.start();
  const link = cluster.link();
  const generator = new Generator({ link, events, perSecond: events / seconds, eventOf: ledgerEvent });
  const publishing = generator.run();
  const killed = await killAtRandom(cluster, seededRandom(seed));
  await publishing;
  await link.close();
  await drained(cluster);
  await cluster.stop();
  const result = await audit(cluster.dataDir, effectsFile, generator.published);
  tell(result, killed, (performance.now() - startMs) / 1000);
  // A minion marks only as many jobs as may run at once; more interrupted ones were never begun.
  const interruptedMax = killed.minion * jobsMax;
  if (result.interrupted > interruptedMax)
    process.stdout.write(`  interrupted more than ${interruptedMax} jobs\n`);
  for (const accident of cluster.accidents) process.stdout.write(`  ${accident}\n`);
  const faults = result.missing.length + result.wrong.length + cluster.accidents.length;
  return faults === 0 && result.interrupted <= interruptedMax;
}

const folder = mkdtempSync(join(tmpdir(), 'brine-ledger-'));
let good = false;
try {
  good = await run(folder);
} finally {
  if (values.keep || !good) process.stdout.write(`files are in ${folder}\n`);
  else rmSync(folder, { recursive: true });
}
process.exitCode = good ? 0 : 1;
