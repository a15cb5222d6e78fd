import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Value } from '../../core/index.ts';
import type { Context } from '../context.ts';

/** What a new operator sees when everything runs: where things are, and what to type next. */
export function welcome(context: Context, rules: Value): string {
  const { settings, paint, io } = context;
  const brine = commandLine(context);
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
  const lines = rows.map(([command, meaning]) => `  ${command.padEnd(width)}  ${paint.dim(`# ${meaning}`)}`);
  const count = typeof rules === 'number' ? `${rules} ${rules === 1 ? 'rule' : 'rules'}` : 'rules';
  const where = settings.reactor.reactors.map((path) => shown(path, io.cwd)).join(', ');
  return [
    `${paint.good('Brine is ready')}: master ${settings.master.id}, minion ${settings.minion.id}, ${count} from ${where}.`,
    `State is kept in ${settings.dataDir}. Ctrl-C stops everything and loses nothing.`,
    '',
    'In a second terminal:',
    ...lines,
    '',
    '',
  ].join('\n');
}

/** How this Brine is called, with what tells it its data folder. */
function commandLine({ io, options }: Context): string {
  const words = [io.env['npm_lifecycle_event'] === undefined ? 'brine' : 'npx brine'];
  if (options.config !== undefined) words.push('--config', quoted(options.config));
  if (options.dataDir !== undefined) words.push('--data-dir', quoted(options.dataDir));
  return words.join(' ');
}

const quoted = (text: string): string =>
  /^[\w./:@%+=~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const shown = (path: string, cwd: string): string =>
  path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path;
