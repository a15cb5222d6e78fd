import type { FastifyInstance } from 'fastify';
import type { ApiSettings, Settings } from '../../config/index.ts';
import type { Clock, Ids, Telemetry } from '../../core/index.ts';
import type { Streams } from '../events/streams.ts';
import type { Hook } from '../hooks/hook.ts';
import type { PublishOnce } from '../publish/publish-once.ts';
import type { Access } from '../users/access.ts';
import type { Caller } from '../users/caller.ts';
import type { SessionKind } from '../users/sessions.ts';
import type { MasterLink } from './master-link.ts';
import type { ReactorLink } from './reactor-link.ts';
import type { Traffic } from './traffic.ts';

/** What routes work with. */
export interface ApiParts {
  readonly settings: Settings;
  readonly api: ApiSettings;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly access: Access;
  readonly master: MasterLink;
  readonly reactor: ReactorLink;
  readonly traffic: Traffic;
  /** The open streams of events. */
  readonly streams: Streams;
  /** The hooks of the configuration, by name. */
  readonly hooks: ReadonlyMap<string, Hook>;
  /** Publishes each delivery once. */
  readonly once: PublishOnce;
}

/** Routes that belong together; server/routes.ts lists the groups. */
export interface RouteGroup {
  readonly name: string;
  readonly register: (app: FastifyInstance, parts: ApiParts) => void;
}

/**
 * Who may use a route. `caller`: whoever shows a token or a login, before the body is read. `body`: the handler
 * finds the credentials in the body. `open`: anybody. A route without one is refused at the start.
 */
export type RouteAccess = 'caller' | 'body' | 'open';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
    /** Which logins count as a credential here; those of `/login` unless given. */
    logins?: readonly SessionKind[];
  }
  interface FastifyRequest {
    /** Set by the time a handler runs when the route's access is `caller`. */
    caller: Caller | null;
  }
}
