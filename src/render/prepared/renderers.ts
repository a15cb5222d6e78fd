import type { Problem } from '../../core/index.ts';
import type { Source } from '../types.ts';

/** A renderer of a file's first line, with the options behind its name. */
export interface Renderer {
  readonly name: string;
  readonly options: string;
}

/** Renderers that decrypt what carries this mark, and pass everything else on. */
const decrypters: Readonly<Record<string, string>> = { gpg: '-----BEGIN PGP MESSAGE', nacl: 'NACL[' };

/** The renderers that the first line asks for; Salt's default when it asks for none. */
export function pipeOf(text: string): readonly Renderer[] {
  const first = /^#!(?!\/)(.*)/.exec(text)?.[1]?.trim();
  if (first === undefined) return named('jinja', 'yaml');
  const [before, after] = /^(yaml|json)_(jinja|mako|wempy)$/.exec(first)?.slice(1) ?? [];
  if (before !== undefined && after !== undefined) return named(after, before);
  const pipe = first.split('|').map(rendererOf);
  return pipe.filter(({ name }, at) => !passesOn(name, text) || pipe[at + 1]?.name === 'jinja');
}

function named(...names: string[]): readonly Renderer[] {
  return names.map((name) => ({ name, options: '' }));
}

function rendererOf(part: string): Renderer {
  const [name = '', ...options] = part.trim().split(' ');
  return { name, options: options.join(' ').trim() };
}

/** Whether the renderer has nothing to do in this file. What stands before Jinja gets no text that it could read. */
function passesOn(name: string, text: string): boolean {
  const marker = Object.hasOwn(decrypters, name) ? decrypters[name] : undefined;
  return marker !== undefined && !text.includes(marker);
}

const inPython = `Write what it decides as a native rule:
    rules:
      restart:
        on: salt/beacon/*/service/*
        if: data.get('nginx', {}).get('running') is false
        do:
          - local.service.restart: {tgt: '{{ data.id }}', args: {name: nginx}}
  and what needs code as a function of your own in modules_dir (docs/modules.md), called from there.`;

const hints: readonly (readonly [names: readonly string[], hint: string])[] = [
  [['py', 'pydsl', 'pyobjects'], inPython],
  [
    ['gpg', 'nacl', 'pass', 'aws_kms'],
    'Reactions need no secrets: let the job that they start look them up.',
  ],
  [
    ['mako', 'genshi', 'cheetah', 'wempy'],
    'Write the file in Jinja: ${ x } becomes {{ x }}, and lines with % become {% … %}.',
  ],
  [
    ['tomlmod', 'hjson', 'json5', 'dson', 'msgpack', 'yamlex', 'stateconf'],
    "Write the data as YAML, JSON or TOML: '#!jinja|yaml', '#!jinja|json', '#!jinja|toml'.",
  ],
];

/** The problem of a file that wants what Brine cannot run. */
export function unknownRenderer(source: Source, pipe: readonly Renderer[]): Problem {
  const hint = hints.find(([names]) => pipe.some(({ name }) => names.includes(name)))?.[1];
  return {
    code: 'SLS_RENDERER',
    severity: 'error',
    message: messageFor(pipe),
    hint: hint ?? "Use '#!jinja|yaml', '#!jinja|json', '#!jinja|toml', '#!yaml', '#!json' or '#!toml'.",
    file: source.file,
    line: source.line ?? 1,
    column: 1,
    source: source.text.split(/\r?\n/, 1)[0] ?? '',
  };
}

function messageFor(pipe: readonly Renderer[]): string {
  const names = pipe.map(({ name }) => name).join('|');
  if (names === '') return 'The first line names no renderer, and Salt makes nothing of such a file.';
  const [first] = pipe;
  if (first?.name === 'jinja' && first.options !== '') return `Jinja has no option '${first.options}'.`;
  return `The renderer '${names}' is not supported.`;
}
