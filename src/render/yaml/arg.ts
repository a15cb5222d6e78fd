import type { Value } from '../../core/index.ts';
import { pyTypeName } from '../python/index.ts';
import { loadYaml } from './load.ts';

/**
 * A word of a command line as Salt reads it: as YAML, but text stays text when YAML would lose something of
 * it or find structure in it that is not in brackets.
 */
export function yamlifyArg(text: string): Value {
  const word = text.trim();
  if (word === '' || word === '---' || word === '...') return text;
  if (/^[0-9_]+$/.test(word) && word.includes('_')) return text;
  if (/[\t\r\n]/.test(text)) return text;
  if (text === 'None') return null;
  const loaded = loadYaml({ file: '<argument>', text });
  if (!loaded.ok) return text;
  const value = loaded.value;
  if (text.includes('#')) return typeof value === 'string' || value === null ? text : value;
  if (value instanceof Map) return text.startsWith('{') ? value : text;
  if (Array.isArray(value)) return text.startsWith('[') ? value : text;
  if (text === '|' || text === '!') return text;
  return pyTypeName(value) === 'bytes' ? text : value;
}
