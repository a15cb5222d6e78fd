import type { ApiSettings } from '../../config/index.ts';
import { BrineError, type Telemetry } from '../../core/index.ts';
import { isLoopback } from './loopback.ts';

/**
 * Whether the API may listen where it is asked to: beyond loopback only with TLS and with somebody who could log
 * in. Throws BAD_CONFIG. What `insecure: true` allows all the same is told loudly.
 */
export function checkListening(api: ApiSettings, hasAnybody: boolean, telemetry: Telemetry): void {
  const loud = (setting: string, message: string): void =>
    telemetry.emit({ kind: 'insecure', setting, message });
  if (api.tokenInQuery)
    loud('api.token_in_query', 'tokens are taken from the query; proxies and browsers write them into logs');
  if (api.hookWithoutLogin) loud('api.hook_without_login', 'anybody may send events by POST /hook');
  if (isLoopback(api.host)) return;
  const lacks: string[] = [];
  if (api.tls === null) lacks.push('TLS (`api.ssl_crt` and `api.ssl_key`)');
  if (!hasAnybody) lacks.push('a user or a token (`brine user add`, `brine token add`)');
  if (lacks.length === 0) return;
  const what = `The API would listen on ${api.host} without ${lacks.join(' and without ')}`;
  if (!api.insecure)
    throw new BrineError(
      'BAD_CONFIG',
      `${what}. Give it that, listen on 127.0.0.1, or set \`api.insecure: true\`.`,
    );
  loud('api.insecure', `${what}; passwords and tokens can be read on the way`);
}
