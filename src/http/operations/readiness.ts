import { isBrineError, type Value } from '../../core/index.ts';
import type { ApiParts } from '../server/route-group.ts';
import { type AskRole, roleAsker, rolesHere } from './ask-role.ts';

export interface Readiness {
  readonly ready: boolean;
  /** Each with the role in front; without what only operators may know, such as paths and addresses. */
  readonly problems: readonly string[];
}

/** Those without which the API cannot do what it is for; a minion is one of many. */
const needed: ReadonlySet<string> = new Set(['master', 'reactor']);

/** Whether requests and events get through: this process, the master, and the reactor if there is one. */
export async function readiness(parts: ApiParts, ask: AskRole = roleAsker(parts)): Promise<Readiness> {
  const asked = rolesHere(parts.settings).filter((role) => needed.has(role));
  const found = await Promise.all(
    asked.map(async (role) => {
      try {
        return problemsIn(await ask(role, 'health')).map((text) => `${role}: ${outline(text)}`);
      } catch (error) {
        return [`${role}: ${isAway(error) ? 'it does not run' : 'it does not answer'}`];
      }
    }),
  );
  const problems = found.flat();
  if (!parts.master.isThere) problems.unshift('api: it has no connection to the master');
  return { ready: problems.length === 0, problems };
}

function isAway(error: unknown): boolean {
  return isBrineError(error) && error.code === 'NOT_RUNNING';
}

function problemsIn(answer: Value): string[] {
  if (!(answer instanceof Map)) return ['it does not say how it is'];
  if (answer.get('ready') === true) return [];
  const problems = answer.get('problems');
  const texts = Array.isArray(problems) ? problems.filter((text) => typeof text === 'string') : [];
  return texts.length > 0 ? texts : ['it is not ready'];
}

/** Without the cause behind a colon, which may name files and hosts; numbers may stay. */
function outline(text: string): string {
  return text.replace(/: (?!\d).*$/s, '');
}
