import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectBus, connectLink } from '../../src/bus/index.ts';
import { mapOf, silentTelemetry } from '../../src/core/index.ts';
import { systemClock } from '../../src/system/index.ts';
import { brine, Daemon, eventually } from '../support/brine.ts';
import { temporaryFolder } from '../support/temp.ts';

const total = 10_000;

test('a reactor killed while 10,000 events arrive decides each once and runs each job once', async () => {
  using folder = temporaryFolder();
  const effects = join(folder.path, 'effects');
  const config = join(folder.path, 'brine.yaml');
  writeFileSync(effects, '');
  writeFileSync(
    join(folder.path, 'rules.yaml'),
    `rules:
  count:
    on: load/*
    do:
      - local.file.append: {tgt: counter, args: ['${effects}', '{{ data.n }}']}
  watch:
    on: load/even
    do:
      - event.send: {tag: seen/even, data: {n: '{{ data.n }}'}}
`,
  );
  writeFileSync(config, `id: counter\nreactors: rules.yaml\nport: 0\nenrol_port: 0\n`);
  const flags = ['--config', config, '--data-dir', join(folder.path, 'd')];
  await using master = new Daemon(['master', '--json', ...flags]);
  await master.json((line) => line['ready'] === true);
  await using minion = new Daemon(['minion', '--json', ...flags]);
  await minion.json((line) => line['ready'] === true);
  const reactor = new Daemon(['reactor', '--json', ...flags]);
  await reactor.json((line) => line['ready'] === true);

  const deps = { clock: systemClock, telemetry: silentTelemetry };
  const link = connectLink({ endpoint: `ipc://${join(folder.path, 'd', 'run', 'master.ipc')}`, ...deps });
  const bus = connectBus(link, { clock: systemClock });
  for (let n = 0; n < total; n += 100) {
    const events = Array.from({ length: 100 }, (_, i) => {
      const tag = (n + i) % 2 === 0 ? 'load/even' : 'load/odd';
      return { tag, data: mapOf({ n: n + i }) };
    });
    const ack = await bus.publish(events);
    expect(ack.accepted).toBe(100);
    if (n === total / 2) await reactor.kill('SIGKILL');
  }
  await bus.close();
  await link.close();

  await using again = new Daemon(['reactor', '--json', ...flags]);
  await again.json((line) => line['ready'] === true);
  const lines = await eventually(
    () => {
      const seen = readFileSync(effects, 'utf8').split('\n').filter(Boolean);
      return seen.length >= total ? seen : undefined;
    },
    `${total} effects`,
    90_000,
  );
  expect(lines.length).toBe(total);
  expect(new Set(lines).size).toBe(total);

  const status = await brine(['status', '--out', 'json', ...flags]);
  expect(status.code).toBe(0);
  const decisions = await brine(['status', '--decisions', String(total * 2), '--out', 'json', ...flags]);
  const records = JSON.parse(decisions.stdout) as { event: string; rule: string; tag: string }[];
  const ours = records.filter((record) => record.tag.startsWith('load/'));
  expect(ours.length).toBe(total + total / 2);
  expect(new Set(ours.map((record) => `${record.event} ${record.rule}`)).size).toBe(ours.length);
});
