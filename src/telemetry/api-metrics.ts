import type { Instruments } from './instruments.ts';
import type { Recorders } from './recorders.ts';

/** What the REST API answers and refuses. */
export function apiMetrics(
  instruments: Instruments,
): Pick<
  Recorders,
  'insecure' | 'api.login.refused' | 'api.hook.refused' | 'api.reader.cut' | 'api.answered'
> {
  const insecure = instruments.count({
    name: 'insecure_settings',
    help: 'Insecure settings that are in use.',
    roles: ['api'],
  });
  const logins = instruments.count({
    name: 'api_logins_refused',
    help: 'Logins to the API that were refused.',
    roles: ['api'],
  });
  const hooks = instruments.count({
    name: 'api_hooks_refused',
    help: 'Deliveries to hooks that were not from their sender.',
    roles: ['api'],
  });
  const readers = instruments.count({
    name: 'api_readers_cut',
    help: 'Readers of event streams that were cut off.',
    roles: ['api'],
  });
  const requests = instruments.histogram({
    name: 'http_request_seconds',
    help: 'Duration of requests, by method, route and class of status; streams of events are not among them.',
    labels: ['method', 'route', 'status'],
    roles: ['api'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60],
  });
  return {
    insecure: () => insecure(),
    'api.login.refused': () => logins(),
    'api.hook.refused': () => hooks(),
    'api.reader.cut': () => readers(),
    'api.answered': ({ method, route, status, tookMs }) =>
      requests.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, tookMs / 1000),
  };
}
