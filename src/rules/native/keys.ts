import { isScalar } from 'yaml';
import { didYouMean } from '../../core/index.ts';
import { kindOf, type YamlNode, type YamlSource } from '../files/yaml-source.ts';

export interface Member {
  readonly key: string;
  readonly keyNode: YamlNode;
  readonly value: YamlNode;
}

/** What a mapping may hold: keys that mean something, keys that are text for people, keys of later versions. */
export interface Vocabulary {
  readonly what: string;
  readonly known: readonly string[];
  readonly notes?: readonly string[];
  readonly reserved?: readonly string[];
}

/** The known members by key; every other one is a problem with a suggestion. */
export function takeMembers(
  source: YamlSource,
  members: readonly Member[],
  vocabulary: Vocabulary,
): Map<string, Member> {
  const taken = new Map<string, Member>();
  for (const member of members) {
    if (vocabulary.known.includes(member.key)) taken.set(member.key, member);
    else if (vocabulary.notes?.includes(member.key) === true) checkNote(source, member);
    else reportKey(source, member, vocabulary);
  }
  return taken;
}

function checkNote(source: YamlSource, { key, value }: Member): void {
  if (isScalar(value)) return;
  source.report(value, {
    code: 'WRONG_TYPE',
    message: `${key} is text for people, this is ${kindOf(value)}`,
  });
}

function reportKey(source: YamlSource, { key, keyNode }: Member, vocabulary: Vocabulary): void {
  if (vocabulary.reserved?.includes(key) === true) {
    source.report(keyNode, {
      code: 'RESERVED_KEY',
      message: `${key} is reserved for a later version`,
      hint: 'remove it for now; this version would not do what it says',
    });
    return;
  }
  const known = [...vocabulary.known, ...(vocabulary.notes ?? [])];
  const near = didYouMean(key, known);
  source.report(keyNode, {
    code: 'UNKNOWN_KEY',
    message: `${vocabulary.what} has no key ${key}`,
    hint: near === undefined ? `it may have ${known.join(', ')}` : `did you mean ${near}?`,
  });
}
