import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { PyFloat, type Value } from '../../../../core/index.ts';
import { isTrue, itemsOf, plain, str, used } from '../../run/convert.ts';
import { PyObject } from '../../run/values.ts';
import { type Call, type FnTable, fn, rawFn, strictTextFn, table, textIn } from '../function.ts';

function hash(algorithm: string): (call: unknown, self: string) => string {
  return (_call, self) => createHash(algorithm).update(self, 'utf8').digest('hex');
}

/** What Python's `urllib.parse.quote` leaves as it is, beside `/`. */
function urlEncode(text: string, query: boolean): string {
  const encoded = encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return query ? encoded.replaceAll('%20', '+') : encoded.replaceAll('%2F', '/');
}

function itemsIn(call: Call, self: Value | PyObject): unknown {
  if (self instanceof PyObject) return self.items(call.rt);
  return typeof self === 'object' && self !== null && !(self instanceof PyFloat) ? self : undefined;
}

/** The namespace of Salt's uuid filter. */
const uuidNamespace = '91633ebf1c865e33935a28061f4b480e';

function uuid5(text: string): string {
  const digest = createHash('sha1').update(Buffer.from(uuidNamespace, 'hex')).update(text, 'utf8').digest();
  digest[6] = ((digest[6] as number) & 0x0f) | 0x50;
  digest[8] = ((digest[8] as number) & 0x3f) | 0x80;
  const hex = digest.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** Python's `shlex.quote`. */
function shellQuote(text: string): string {
  if (text === '') return "''";
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}

/** Text where the bytes are UTF-8, else the bytes. Like Python's, it passes over what is not of its alphabet. */
function decodeBase64(call: Call, self: string): Value {
  const digits = self.replace(/[^A-Za-z0-9+/=]/g, '');
  const used = /^[^=]*(?:=(?=[^=])[^=]*)*/.exec(digits)?.[0].replaceAll('=', '') ?? '';
  const padding = digits.endsWith('==') ? 2 : digits.endsWith('=') ? 1 : 0;
  if (used.length % 4 === 1 || (4 - (used.length % 4)) % 4 > padding)
    call.rt.valueError('the text is no whole base64');
  const bytes = Buffer.from(used, 'base64');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new Uint8Array(bytes);
  }
}

export const codecFilters: FnTable = table({
  base64_decode: strictTextFn('', decodeBase64),
  base64_encode: strictTextFn('', (_call, self) => Buffer.from(self, 'utf8').toString('base64')),
  hmac: strictTextFn('shared_secret challenge_hmac', (call, self) => {
    const made = createHmac('sha256', call.str(0)).update(self, 'utf8').digest('base64');
    const [ours, theirs] = [Buffer.from(made), Buffer.from(call.str(1))];
    return ours.length === theirs.length && timingSafeEqual(ours, theirs);
  }),
  hmac_compute: strictTextFn('shared_secret', (call, self) =>
    createHmac('sha256', call.str(0)).update(self, 'utf8').digest('hex'),
  ),
  is_hex: rawFn('', (_call, self) => {
    const text = plain(self);
    return typeof text === 'string' && /^\s*[+-]?(?:0x)?[\da-f]+(?:_[\da-f]+)*\s*$/i.test(text);
  }),
  mac_str_to_bytes: strictTextFn('', (call, self) => {
    const digits = self.replace(/[:-]/g, '');
    if (!/^[\da-f]{12}$/i.test(digits)) call.rt.valueError('Invalid MAC address');
    return new Uint8Array(Buffer.from(digits, 'hex'));
  }),
  md5: strictTextFn('', hash('md5')),
  path_join: fn('*', (call, self) =>
    joinPaths([self, ...call.rest].map((part) => textIn(call, used(call.rt, part)))),
  ),
  // Salt quotes what counts as false as nothing.
  quote: fn('', (call, self) => shellQuote(isTrue(call.rt, self) ? textIn(call, self) : '')),
  sha1: strictTextFn('', hash('sha1')),
  sha256: strictTextFn('', hash('sha256')),
  sha512: strictTextFn('', hash('sha512')),
  to_bytes: strictTextFn('encoding? errors?', (_call, self) => new TextEncoder().encode(self)),
  urlencode: fn('', (call, self) => {
    if (typeof self === 'string' || itemsIn(call, self) === undefined)
      return urlEncode(str(call.rt, self), false);
    const pairs =
      self instanceof Map ? [...self] : itemsOf(call.rt, self).map((pair) => itemsOf(call.rt, pair));
    for (const pair of pairs)
      if (pair.length !== 2) call.rt.valueError(`urlencode wants pairs, not ${pair.length} values`);
    return pairs.map((pair) => pair.map((part) => urlEncode(str(call.rt, part), true)).join('=')).join('&');
  }),
  uuid: strictTextFn('', (_call, self) => uuid5(self)),
});

/** Later parts never start the path anew; dots are resolved. */
function joinPaths(parts: readonly string[]): string {
  const joined = parts.filter((part) => part !== '').join('/');
  const kept: string[] = [];
  for (const piece of joined.split('/')) {
    if (piece === '' || piece === '.') continue;
    if (piece === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (piece !== '..' || !joined.startsWith('/')) kept.push(piece);
  }
  return (joined.startsWith('/') ? '/' : '') + kept.join('/') || '.';
}
