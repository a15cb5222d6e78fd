import websocket from '@fastify/websocket';
import { corsHeaders } from '../salt-api/headers.ts';
import { saltErrors } from '../salt-api/salt-errors.ts';
import type { RouteGroup } from '../server/route-group.ts';
import { eventsRoute } from './events-route.ts';
import { websocketRoutes } from './websocket.ts';

/** Longest message of a client; all it ever says is that it is there. */
const messageBytesMax = 4096;

/** Streams of events. */
export const eventRoutes: RouteGroup = {
  name: 'events',
  register: (app, parts) => {
    saltErrors(app, parts.telemetry);
    corsHeaders(app);
    void app.register(websocket, { options: { maxPayload: messageBytesMax } });
    eventsRoute(app, parts);
    void app.register((scope, _options, done) => {
      websocketRoutes(scope, parts);
      done();
    });
  },
};
