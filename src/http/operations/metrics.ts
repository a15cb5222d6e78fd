import type { FastifyInstance } from 'fastify';
import { BrineError } from '../../core/index.ts';
import type { ApiParts } from '../server/route-group.ts';
import { type AskRole, type Role, roleAsker, rolesHere } from './ask-role.ts';
import { mergePages } from './merge-pages.ts';
import { sharedAnswer } from './shared-answer.ts';

/** More than a role with 500 rules can have; what is larger is no page of ours. */
const pageCharsMax = 4 << 20;

/** `/metrics`: what every role of the data folder has counted, each sample with the label `role`. */
export function metricsRoute(app: FastifyInstance, parts: ApiParts): void {
  const page = sharedAnswer(parts.clock, () => metricsPage(parts));
  const access = parts.api.metricsOpen ? 'open' : 'caller';
  app.get('/metrics', { config: { access } }, async (_request, reply) =>
    reply
      .headers({ 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' })
      .send(Buffer.from(await page())),
  );
}

/** A role that does not answer is a metric too, and not an error. */
export async function metricsPage(parts: ApiParts, ask: AskRole = roleAsker(parts)): Promise<string> {
  const asked = await Promise.all(rolesHere(parts.settings).map((role) => pageOf(role, ask)));
  const own = { role: 'api', text: (await parts.telemetry.metrics?.text()) ?? '' };
  const all = [own, ...asked];
  const up = [
    '# HELP brine_up Whether a role answers.',
    '# TYPE brine_up gauge',
    ...all.map(({ role, text }) => `brine_up{role="${role}"} ${text === null ? 0 : 1}`),
  ].join('\n');
  return mergePages([up, ...all.flatMap(({ text }) => text ?? [])]);
}

interface Page {
  readonly role: Role;
  /** null when the role does not answer. */
  readonly text: string | null;
}

async function pageOf(role: Role, ask: AskRole): Promise<Page> {
  try {
    const text = await ask(role, 'metrics');
    if (typeof text === 'string' && text.length <= pageCharsMax) return { role, text };
    throw new BrineError('BAD_MESSAGE', `The metrics of the ${role} are no page.`);
  } catch {
    return { role, text: null };
  }
}
