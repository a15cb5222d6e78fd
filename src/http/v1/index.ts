import { problemErrors } from '../server/problem-errors.ts';
import type { RouteGroup } from '../server/route-group.ts';
import { documentOf } from './document.ts';
import { operations } from './operations.ts';
import { registerOperation, takeJson } from './register.ts';

/** Brine's own API, and the document that describes it. */
export const ownApi: RouteGroup = {
  name: 'v1',
  register: (app, parts) => {
    problemErrors(app, parts.telemetry);
    takeJson(app);
    for (const operation of operations) registerOperation(app, operation, parts);
    const document = Buffer.from(`${JSON.stringify(documentOf(operations))}\n`);
    app.get('/v1/openapi.json', { config: { access: 'open' } }, async (_request, reply) =>
      reply.type('application/json').send(document),
    );
  },
};
