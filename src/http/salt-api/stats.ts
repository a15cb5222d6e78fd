import type { FastifyInstance } from 'fastify';
import { float, mapOf } from '../../core/index.ts';
import type { ApiParts } from '../server/route-group.ts';
import { answer } from './answer.ts';
import { refuseQuery } from './headers.ts';

/** What the server has served, under the names that salt-api's statistics have. */
export function statsRoute(app: FastifyInstance, { traffic, clock }: ApiParts): void {
  app.get('/stats', { config: { access: 'caller' } }, async (request, reply) => {
    refuseQuery(request.query);
    const nowMs = clock.nowMs();
    const upS = Math.max(0.001, (nowMs - traffic.startedMs) / 1000);
    const { requests, bytesRead, bytesWritten } = traffic;
    const each = Math.max(1, requests);
    const statistics = mapOf({
      Enabled: true,
      'Bytes Read/Request': float(bytesRead / each),
      'Bytes Read/Second': float(bytesRead / upS),
      'Bytes Written/Request': float(bytesWritten / each),
      'Bytes Written/Second': float(bytesWritten / upS),
      'Current Time': float(nowMs / 1000),
      'Current Requests': traffic.underWay,
      'Requests/Second': float(requests / upS),
      'Server Version': 'Brine',
      'Start Time': float(traffic.startedMs / 1000),
      'Total Bytes Read': bytesRead,
      'Total Bytes Written': bytesWritten,
      'Total Requests': requests,
      'Total Time': float(traffic.workMs / 1000),
      Uptime: float(upS),
      Requests: new Map(),
    });
    return answer(request, reply, mapOf({ 'CherryPy Applications': statistics }));
  });
}
