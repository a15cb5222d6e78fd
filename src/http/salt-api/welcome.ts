import { mapOf, type Value } from '../../core/index.ts';

/** What salt-api lists: all clients, also those that are not enabled, and one that is none. */
const clients = [
  'destroy',
  'local',
  'local_async',
  'local_batch',
  'local_subset',
  'runner',
  'runner_async',
  'ssh',
  'wheel',
  'wheel_async',
];

export function isClientName(name: string): boolean {
  return clients.includes(name);
}

export function welcome(): Value {
  return mapOf({ return: 'Welcome', clients: [...clients] });
}
