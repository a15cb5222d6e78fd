import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');

/** The codes in the tables below a heading. */
function listed(heading: RegExp): string[] {
  return page
    .split(/^## /m)
    .filter((section) => heading.test(section))
    .flatMap((section) => [...section.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code ?? ''))
    .toSorted();
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'));
}

function errorCodes(): string[] {
  const union =
    /type ErrorCode =([^;]+);/.exec(readFileSync(join(root, 'src/core/errors.ts'), 'utf8'))?.[1] ?? '';
  return [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code ?? '').toSorted();
}

/** Names in capitals that are no codes of ours: codes of the yaml package. */
const foreign = new Set([
  'BAD_SCALAR_START',
  'BLOCK_AS_IMPLICIT_KEY',
  'BLOCK_FOLDED',
  'BLOCK_LITERAL',
  'MISSING_CHAR',
  'MULTILINE_IMPLICIT_KEY',
  'QUOTE_DOUBLE',
  'QUOTE_SINGLE',
  'TAG_RESOLVE_FAILED',
  'XDG_RUNTIME_DIR',
  'XDG_STATE_HOME',
  'BRINE_CONFIG',
  'BRINE_DATA_DIR',
  'BRINE_SALT_API_PASSWORD',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_SDK_DISABLED',
]);

/** Every code of a problem that is written anywhere in the rooms that report problems. */
function problemCodes(): string[] {
  const rooms = ['config', 'render', 'rules', 'engine', 'flow', 'reactor'];
  const found = rooms
    .flatMap((room) => sources(`src/${room}`))
    .flatMap((text) =>
      [...text.matchAll(/'([A-Z]+(?:_[A-Z]+)+)'|code: '([A-Z]+)'/g)].map(
        ([, code, word]) => code ?? word ?? '',
      ),
    );
  const errors = new Set(errorCodes());
  return [...new Set(found)].filter((code) => !foreign.has(code) && !errors.has(code)).toSorted();
}

describe('docs/errors.md', () => {
  it('lists the errors that exist, and no others', () => {
    expect(listed(/^Errors\n/)).toEqual(errorCodes());
  });

  it('lists the problems that exist, and no others', () => {
    expect(problemCodes().length).toBeGreaterThan(40);
    expect(listed(/^Problems /)).toEqual(problemCodes());
  });
});
