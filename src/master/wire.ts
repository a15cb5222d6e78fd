import type { LinkHandler, LinkServer } from '../bus/index.ts';
import { packValue, unpackValue } from '../bus/index.ts';
import { BrineError, type Value, type ValueMap } from '../core/index.ts';

/** A verb that takes a map and answers with a value. */
export type MapVerb = (request: ValueMap, peer: string) => Value | Promise<Value>;

export function handleMap(link: LinkServer, verb: string, run: MapVerb): void {
  handleValue(link, verb, (payload, peer) => {
    if (!(payload instanceof Map)) throw new BrineError('BAD_MESSAGE', `The payload of ${verb} is a map.`);
    return run(payload, peer);
  });
}

export function handleValue(
  link: LinkServer,
  verb: string,
  run: (payload: Value, peer: string) => Value | Promise<Value>,
): void {
  const handler: LinkHandler = ({ payload, peer }) => {
    const answer = run(unpackValue(payload), peer);
    return answer instanceof Promise ? answer.then(packValue) : packValue(answer);
  };
  link.handle(verb, handler);
}

/** A member that must be text. Throws BAD_MESSAGE. */
export function requireText(map: ValueMap, key: string): string {
  const value = map.get(key);
  if (typeof value === 'string') return value;
  throw new BrineError('BAD_MESSAGE', `The member ${key} is missing or not text.`);
}

/** A list member; missing is empty. Throws BAD_MESSAGE. */
export function listAt(map: ValueMap, key: string): Value[] {
  const value = map.get(key);
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new BrineError('BAD_MESSAGE', `The member ${key} is not a list.`);
}

/** A map member; missing is empty. Throws BAD_MESSAGE. */
export function mapAt(map: ValueMap, key: string): ValueMap {
  const value = map.get(key);
  if (value === undefined || value === null) return new Map();
  if (value instanceof Map) return value;
  throw new BrineError('BAD_MESSAGE', `The member ${key} is not a map.`);
}
