import { messageOf, parseJson, tagFault, type Value } from '../../core/index.ts';
import { packData } from '../codec/data.ts';
import type { SaltEvent } from '../salt-ipc/index.ts';

/** An event as salt-api writes it, `{"tag": …, "data": {…}}`; a text says why it is none. */
export function eventFrom(text: string): SaltEvent | string {
  try {
    const event = parse(text);
    const tag = event instanceof Map ? event.get('tag') : undefined;
    const data = event instanceof Map ? event.get('data') : undefined;
    if (typeof tag !== 'string' || !(data instanceof Map)) return 'it has no tag or no data';
    return tagFault(tag) ?? { tag, data: packData(data) };
  } catch (error) {
    return messageOf(error);
  }
}

/** Python writes numbers that JSON does not have; they become nothing. */
function parse(text: string): Value {
  try {
    return parseJson(text);
  } catch (error) {
    const without = text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (found) =>
      found.startsWith('"') ? found : 'null',
    );
    if (without === text) throw error;
    return parseJson(without);
  }
}
