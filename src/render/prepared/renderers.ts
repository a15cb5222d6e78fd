import type { Problem } from '../../core/index.ts';
import type { Source } from '../types.ts';

/** The renderers that the first line asks for, without their options; Salt's default when it asks for none. */
export function pipeOf(text: string): string[] {
  const first = /^#!(?!\/)(.*)/.exec(text)?.[1]?.trim();
  if (first === undefined || first === '') return ['jinja', 'yaml'];
  const [before, after] = /^(yaml|json)_(jinja|mako|wempy)$/.exec(first)?.slice(1) ?? [];
  if (before !== undefined && after !== undefined) return [after, before];
  const pipe = first.split('|').map((part) => part.trim().split(/\s+/, 1)[0] as string);
  // What gpg would decrypt is marked; without that it passes everything on.
  return pipe.at(-1) === 'gpg' && !text.includes('-----BEGIN PGP MESSAGE') ? pipe.slice(0, -1) : pipe;
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
    ['toml', 'tomlmod', 'hjson', 'json5', 'dson', 'msgpack', 'yamlex', 'stateconf'],
    "Write the data as YAML or JSON: '#!jinja|yaml', '#!jinja|json'.",
  ],
];

/** The problem of a file that wants what Brine cannot run. */
export function unknownRenderer(source: Source, pipe: readonly string[]): Problem {
  const hint = hints.find(([names]) => pipe.some((name) => names.includes(name)))?.[1];
  return {
    code: 'SLS_RENDERER',
    severity: 'error',
    message: `The renderer '${pipe.join('|')}' is not supported.`,
    hint: hint ?? "Use '#!jinja|yaml', '#!jinja|json', '#!yaml' or '#!json'.",
    file: source.file,
    line: source.line ?? 1,
    column: 1,
    source: source.text.split(/\r?\n/, 1)[0] ?? '',
  };
}
