import { readFileSync } from 'node:fs';
import type { LookupSettings } from '../../config/index.ts';
import { BrineError, fromPlain, messageOf, type Value } from '../../core/index.ts';
import { loadYaml } from '../../render/index.ts';

type Profiles = LookupSettings['sdb'];
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The value behind `sdb://profile/key`: of the environment, or of YAML files, where the key is a path such as
 * `a:b` and a later file wins. Nothing there is null, as in Salt. Throws BAD_ARGUMENT, UNSUPPORTED.
 */
export function sdbOf(profiles: Profiles, env: Environment): (uri: string) => Value {
  return (uri) => {
    const [, name = '', key = ''] = /^sdb:\/\/([^/]+)\/(.+)$/s.exec(uri) ?? [];
    if (key === '') throw new BrineError('BAD_ARGUMENT', `${uri} is not like sdb://profile/key.`);
    const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
    if (profile === undefined)
      throw new BrineError('UNSUPPORTED', `There is no sdb profile ${name}; the setting sdb names them.`);
    if (profile.driver === 'env') return fromPlain(env[key] ?? null);
    return profile.files.reduce<Value>((found, file) => inFile(file, key) ?? found, null);
  };
}

function inFile(file: string, key: string): Value | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new BrineError('BAD_ARGUMENT', `The sdb file ${file} cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
  const loaded = loadYaml({ file, text });
  if (!loaded.ok)
    throw new BrineError('BAD_ARGUMENT', loaded.problems[0]?.message ?? `${file} cannot be read.`);
  let at: Value | undefined = loaded.value;
  for (const step of key.split(':')) at = at instanceof Map ? at.get(step) : undefined;
  return at;
}
