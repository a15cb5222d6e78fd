import { packData, unpackData } from '../../bus/index.ts';
import type { Value, ValueMap } from '../../core/index.ts';

/** What proves who asked, in a request to the master. */
const secret = new Set<Value>(['key', 'token', 'password']);

/**
 * The data of an event without the master's key and the asker's token: a master that refuses to publish a job fires
 * the whole request. Whatever else it says stays.
 */
export function withoutSecrets(tag: string, data: Uint8Array): Uint8Array {
  if (tag !== 'salt/job/error') return data;
  const event = unpackData(data);
  const kwargs = event.get('kwargs');
  const left = without(event);
  if (kwargs instanceof Map) left.set('kwargs', without(kwargs));
  return packData(left);
}

function without(map: ValueMap): Map<Value, Value> {
  return new Map([...map].filter(([key]) => !secret.has(key)));
}
