import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Value } from '../../core/index.ts';
import type { Context } from '../context.ts';

/** What a new operator sees when everything runs: where things are, and what to type next. */
export function welcome(context: Context, rules: Value): string {
  const { settings, paint, io } = context;
  const brine = io.env['npm_lifecycle_event'] === undefined ? 'brine' : 'npx brine';
  const tour = settings.reactor.reactors.some((folder) => existsSync(join(folder, 'tour.yaml')));
  const rows: (readonly [command: string, meaning: string])[] = [
    [`${brine} cmd '*' test.ping`, 'run a function on every minion'],
  ];
  if (tour)
    rows.push([
      `${brine} cmd '*' file.read /tmp/brine-tour.txt`,
      'make a job fail, and see a rule repair it here',
    ]);
  rows.push(
    [`${brine} event fire acme/hello '{"from": "me"}'`, 'put an event on the bus'],
    [`${brine} check`, 'check the reactor files'],
    [`${brine} --help`, 'see every command'],
  );
  const width = Math.max(...rows.map(([command]) => command.length));
  const exported = environmentLine(context);
  const lines = rows.map(([command, meaning]) => `  ${command.padEnd(width)}  ${paint.dim(`# ${meaning}`)}`);
  const count = typeof rules === 'number' ? `${rules} ${rules === 1 ? 'rule' : 'rules'}` : 'rules';
  const where = settings.reactor.reactors.map((path) => shown(path, io.cwd)).join(', ');
  return [
    `${paint.good('Brine is ready')}: master ${settings.master.id}, minion ${settings.minion.id}, ${count} from ${where}.`,
    `State is kept in ${settings.dataDir}. Ctrl-C stops everything and loses nothing.`,
    '',
    'In a second terminal:',
    ...(exported === null ? [] : [`  ${exported}`]),
    ...lines,
    '',
    '',
  ].join('\n');
}

/** What makes the commands of a second terminal find this Brine; null when they do so by themselves. */
function environmentLine({ options, settings }: Context): string | null {
  const words: string[] = [];
  if (options.config !== undefined && settings.file !== null)
    words.push(`BRINE_CONFIG=${quoted(settings.file)}`);
  if (options.dataDir !== undefined) words.push(`BRINE_DATA_DIR=${quoted(settings.dataDir)}`);
  return words.length === 0 ? null : `export ${words.join(' ')}`;
}

const quoted = (text: string): string =>
  /^[\w./:@%+=~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const shown = (path: string, cwd: string): string =>
  path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path;
