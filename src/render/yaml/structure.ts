import { isAlias, isCollection, isScalar, isSeq, parseDocument } from 'yaml';
import type { Problem } from '../../core/index.ts';
import type { Locate } from './parse.ts';

/** Where YAML would see more than a scalar in plain text. Everything else passes with this one look. */
const suspicious = /^[\s[{&*!|>'"%@`#,]|^[-?](?:\s|$)|:(?:\s|$)|\s#|[\r\n]|^(?:---|\.\.\.)/;
/** Longer texts are not parsed to see what exactly Salt would do: data must not buy work or nesting. */
const parsedMax = 500;
const notesMax = 100;
const suspiciousInFlow = /[,[\]{}]/;

/** A plain scalar that data is part of. */
export interface PlainPlace {
  readonly offset: number;
  /** Between brackets, where a comma ends a scalar. */
  readonly flow: boolean;
  readonly locate: Locate;
}

/**
 * Warns when the text of a plain scalar would have been something else than this text in Salt, which parses
 * YAML after it has put the data in: a map, a list, a comment, another document, or a broken file.
 */
export function noteStructure(text: string, place: PlainPlace, notes: Problem[]): void {
  const { flow, offset, locate } = place;
  if (!suspicious.test(text) && !(flow && suspiciousInFlow.test(text))) return;
  if (notes.length >= notesMax) return;
  const meaning = text.length > parsedMax ? 'parse' : meaningOf(text, flow);
  if (meaning === null) return;
  notes.push({
    code: 'DATA_AS_STRUCTURE',
    severity: 'warning',
    message: `The text ${shown(text)} comes from data. Salt would ${meaning} it; Brine keeps it as text.`,
    hint: "Write '{{ … | yaml_dquote }}' to mean text in Salt too, or '{{ … | load_yaml }}' to mean structure.",
    ...locate(offset),
  });
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** What Salt would have done with the text, or null when it would have been the same text. */
function meaningOf(text: string, flow: boolean): string | null {
  const document = parseDocument(flow ? `[ ${text} ]` : `- ${text.replace(/\n/g, '\n  ')}`, {
    version: '1.1',
    schema: 'failsafe',
    logLevel: 'silent',
    uniqueKeys: false,
  });
  const list = document.contents;
  if (document.errors.length > 0 || !isSeq(list)) return 'refuse the file because of';
  const [item, ...more] = list.items;
  if (isAlias(item)) return 'refuse the file because of';
  if (more.length > 0 || isCollection(item)) return 'make a map or a list of';
  const left = isScalar(item) && typeof item.value === 'string' ? item.value.trim() : '';
  if (left === text.trim()) return null;
  return left === '' ? 'drop' : 'read part of';
}
