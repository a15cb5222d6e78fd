import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Finding, warning, well } from './finding.ts';

/** `caller` reactions need `salt-call` on this host. */
export function examineCaller(command: readonly string[], path: string): Finding {
  const about = 'caller reactions';
  const [program = ''] = command;
  const places = program.includes('/')
    ? [program]
    : path.split(delimiter).map((folder) => join(folder, program));
  const found = places.find(canRun);
  if (found !== undefined) return well(about, `run ${found}`);
  const text = `${program} is not installed here, so reactions of type caller would fail`;
  return warning(about, text, 'install a minion on this host, or set salt_call_command');
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
