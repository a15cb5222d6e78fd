import { isScalar } from 'yaml';
import { kindOf, type YamlSource } from '../files/yaml-source.ts';
import type { Member } from './keys.ts';

const most = 100_000;

/** How many reactions of a rule may be under way at once: null without one, undefined when it has a problem. */
export function compileConcurrency(
  source: YamlSource,
  member: Member | undefined,
): number | null | undefined {
  if (member === undefined) return null;
  const { value } = member;
  const scalar = isScalar(value) ? value.value : undefined;
  const count = typeof scalar === 'bigint' ? Number(scalar) : scalar;
  if (typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= most) return count;
  const written = isScalar(value) ? String(value.value) : kindOf(value);
  source.report(value ?? member.keyNode, {
    code: 'WRONG_TYPE',
    message: `concurrency is a whole number from 1 to ${most}, this is ${written}`,
    hint: 'it says how many reactions of this rule may be under way at once: `concurrency: 1` is one after the other',
  });
  return undefined;
}
