import { mapOf } from '../../core/index.ts';
import type { Operation } from './operation.ts';
import { ref } from './schemas.ts';

export const listRules: Operation = {
  method: 'GET',
  path: '/v1/rules',
  name: 'listRules',
  about: 'The rules in force, and what is wrong with the files that were loaded last.',
  needs: 'rules',
  answer: ref('Rules'),
  run: ({ parts }) => parts.reactor.ask('browse.rules', new Map()),
};

export const reload: Operation = {
  method: 'POST',
  path: '/v1/reload',
  name: 'reload',
  about:
    'Compiles the reactor files again. With `ok: false` they have errors and the last good rules stay in force.',
  needs: 'reload',
  answer: ref('Reloaded'),
  run: ({ parts }) => parts.reactor.ask('reload', new Map()),
};

export const status: Operation = {
  method: 'GET',
  path: '/v1/status',
  name: 'status',
  about: 'The status of the master and of the reactor; null for the one that is away.',
  needs: 'status',
  answer: ref('Status'),
  run: async ({ parts }) => {
    const [master, reactor] = await Promise.all([
      parts.master.isThere ? parts.master.client.status().catch(() => null) : null,
      parts.reactor.ask('status', new Map()).catch(() => null),
    ]);
    return mapOf({ master, reactor });
  },
};
