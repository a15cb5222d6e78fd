import { type LinkClient, packValue, unpackValue } from '../../bus/index.ts';
import { BrineError, type Value, type ValueMap } from '../../core/index.ts';

/** How long a reply may take. */
export const replyMs = 10_000;

/** One request with a map as its reply. */
export async function ask(
  link: LinkClient,
  verb: string,
  payload: Value,
  timeoutMs: number = replyMs,
): Promise<ValueMap> {
  const reply = unpackValue(await link.request(verb, packValue(payload), timeoutMs));
  if (reply instanceof Map) return reply;
  throw new BrineError('BAD_MESSAGE', `The reply to ${verb} is not a map.`);
}
