import { afterAll, beforeAll } from 'vitest';
import { commandLine } from './scenarios/command-line.ts';
import { doctor } from './scenarios/doctor.ts';
import { gaps } from './scenarios/gaps.ts';
import { manage } from './scenarios/manage.ts';
import { minion } from './scenarios/minion.ts';
import { reactions } from './scenarios/reactions.ts';
import { shadow } from './scenarios/shadow.ts';
import { upgrade } from './scenarios/upgrade.ts';
import { SaltLab } from './support/lab.ts';
import { besideEverySalt } from './support/releases.ts';

besideEverySalt('Brine beside a master', (release) => {
  let lab: SaltLab;
  beforeAll(async () => {
    lab = await SaltLab.start(release, { master: { nodegroups: { web: 'L@web1' } } });
  });
  afterAll(async () => {
    await lab[Symbol.asyncDispose]();
  });
  reactions(release, () => lab);
  commandLine(() => lab);
  doctor(() => lab);
  manage(() => lab);
  minion(() => lab);
  shadow(() => lab);
  gaps(() => lab);
  upgrade(release, () => lab);
});
