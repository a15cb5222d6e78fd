import { type Call, type FnTable, table, textFn } from '../function.ts';
import { escapeHtml } from '../html.ts';

/** Longer words are left alone: no address is that long. */
const wordMax = 2000;

const scheme = 'https?:\\/\\/';
const label = '[\\p{L}\\p{N}_%-]+';
const anyDomain = `(?:${scheme}|www\\.)(?:${label}\\.)*(?:[a-z]{2,63}|xn--[\\p{L}\\p{N}_%]{2,59})`;
const knownDomain = '(?:[\\p{L}\\p{N}_%-]{2,63}\\.)+(?:com|net|int|edu|gov|org|info|mil)';
const address = `${scheme}(?:\\d{1,3}(?:\\.\\d{1,3}){3}|\\[(?:[\\da-f]{0,4}:){2}(?:[\\da-f]{0,4}:?){1,6}\\])`;
const link = new RegExp(`^(?:${anyDomain}|${knownDomain}|${address})(?::\\d{1,5})?(?:[/?#]\\S*)?$`, 'iu');
const mail = /^\S+@[\p{L}\p{N}_][\p{L}\p{N}_.-]*\.[\p{L}\p{N}_]+$/u;

/** Jinja's `urlize`: addresses in the text become links; the text is escaped. */
function urlize(call: Call, self: string): string {
  call.rt.spend(self.length * 2);
  const limit = call.has(0) && call.value(0) !== null ? call.int(0) : undefined;
  const shortened = (text: string): string =>
    limit !== undefined && text.length > limit ? `${text.slice(0, limit)}...` : text;
  const words = new Set([
    ...call.text(3, '').split(/\s+/),
    ...(call.flag(1) ? ['nofollow'] : []),
    'noopener',
  ]);
  const rel = [...words]
    .filter((word) => word !== '')
    .sort()
    .join(' ');
  const target = call.text(2, '');
  const attributes = ` rel="${escapeHtml(rel)}"${target === '' ? '' : ` target="${escapeHtml(target)}"`}`;
  return escapeHtml(self)
    .split(/(\s+)/)
    .map((word) => linked(word, attributes, shortened))
    .join('');
}

function linked(word: string, attributes: string, shortened: (text: string) => string): string {
  if (word.length > wordMax) return word;
  const head = /^(?:[(<]|&lt;)+/.exec(word)?.[0] ?? '';
  const rest = word.slice(head.length);
  const end = /(?:[)>.,\n]|&gt;)+$/.exec(rest)?.[0] ?? '';
  const [middle, tail] = balanced(rest.slice(0, rest.length - end.length), end);
  return head + anchor(middle, attributes, shortened) + tail;
}

/** Brackets that the address itself opened belong to it. */
function balanced(given: string, end: string): [middle: string, tail: string] {
  let [middle, tail] = [given, end];
  for (const [open, close] of [
    ['(', ')'],
    ['<', '>'],
    ['&lt;', '&gt;'],
  ] as const) {
    const opened = middle.split(open).length - 1;
    if (opened <= middle.split(close).length - 1) continue;
    for (let moved = Math.min(opened, tail.split(close).length - 1); moved > 0; moved -= 1) {
      const at = tail.indexOf(close) + close.length;
      middle += tail.slice(0, at);
      tail = tail.slice(at);
    }
  }
  return [middle, tail];
}

function anchor(text: string, attributes: string, shortened: (text: string) => string): string {
  if (link.test(text)) {
    const href = /^https?:\/\//.test(text) ? text : `https://${text}`;
    return `<a href="${href}"${attributes}>${shortened(text)}</a>`;
  }
  if (text.startsWith('mailto:') && mail.test(text.slice(7))) return `<a href="${text}">${text.slice(7)}</a>`;
  if (text.includes('@') && !/^(?:www\.|@)/.test(text) && !text.includes(':') && mail.test(text))
    return `<a href="mailto:${text}">${text}</a>`;
  return text;
}

export const urlizeFilters: FnTable = table({
  urlize: textFn('trim_url_limit? nofollow? target? rel? extra_schemes?', urlize),
});
