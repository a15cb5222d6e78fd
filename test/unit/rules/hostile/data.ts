import fc from 'fast-check';
import { isMap, type Value, type ValueMap } from '../../../../src/core/index.ts';
import { hostileText } from '../../render/prepared/generated.ts';

/** What senders would try: reactions of their own, template code, markers of the renderer, sizes. */
const attack: fc.Arbitrary<string> = fc.constantFrom(
  `x'}]}]\nevil:\n  runner.salt.cmd: [{args: [{fun: 'cmd.run'}]}]`,
  `x\nevil:\n  runner.salt.cmd:\n    - args: [{fun: cmd.run}]`,
  `x"\n    - tgt: '*'\nevil:\n  local.cmd.run: [{tgt: '*'}]`,
  `x\n    - args:\n      - evil: true`,
  'x: y\n  z: w',
  '[{evil: true}]',
  '- evil: true',
  '{evil: true}',
  '"}]\n- evil',
  '}}{{ salt["cmd.run"]("id") }}',
  '{% set data = {} %}{{ 7 * 7 }}',
  '{%- endif %}\nevil: local.test.ping',
  '&a [*a, *a]',
  '<<: {evil: 1}',
  '!!python/object/apply:os.system ["id"]',
  '#!py\ndef run(): return {}',
  '# ',
  ': ',
  '- ',
  '? evil\n: x',
  '---\nevil: local.test.ping\n...',
  '\x01',
  '\x011\x01\x02',
  '\u2028evil: x\u2029\x85evil: y',
  '\ufeff',
  '\ud800',
  '\x00',
  '__proto__',
  'constructor',
  '__evil',
  'x'.repeat(100_000),
  '['.repeat(5_000),
  `${'{a: '.repeat(2_000)}`,
  '\n'.repeat(10_000),
  '9'.repeat(5_000),
  '%s%(x)s{0.__class__}{x}',
);

export const hostile: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: attack },
  { weight: 1, arbitrary: hostileText },
);

/** Stands for a string of the event in its harmless form; no file of the corpus holds it. */
const token = 'harmless';

export function holdsToken(text: string): boolean {
  return text.toLowerCase().includes(token);
}

/** Which strings of an event are replaced: a share of them, chosen by their number. */
export interface Choice {
  readonly texts: readonly string[];
  /** Every how many-th string, from 1; and where to begin. */
  readonly each: number;
  readonly from: number;
  /** Whether nested maps get another key with an evil name. */
  readonly keys: boolean;
  readonly tag: boolean;
}

export const choice: fc.Arbitrary<Choice> = fc.record({
  texts: fc.array(hostile, { minLength: 1, maxLength: 3 }),
  each: fc.integer({ min: 1, max: 6 }),
  from: fc.nat(5),
  keys: fc.boolean(),
  tag: fc.boolean(),
});

/** The event with the chosen strings replaced: by hostile ones, or by harmless ones in the same places. */
export function replaced(data: ValueMap, chosen: Choice, harmless: boolean): ValueMap {
  let count = 0;
  const text = (): string => {
    count += 1;
    return harmless ? `${token}${count}` : (chosen.texts[count % chosen.texts.length] as string);
  };
  let seen = 0;
  const walk = (value: Value, level: number): Value => {
    if (typeof value === 'string') {
      seen += 1;
      return seen % chosen.each === chosen.from % chosen.each ? text() : value;
    }
    if (Array.isArray(value)) return value.map((item) => walk(item, level + 1));
    if (!isMap(value)) return value;
    const made: ValueMap = new Map([...value].map(([key, item]) => [key, walk(item, level + 1)]));
    if (chosen.keys && level > 0) made.set(text(), 'value');
    return made;
  };
  return walk(data, 0) as ValueMap;
}

/** The tag with its middle parts replaced. */
export function replacedTag(tag: string, chosen: Choice, harmless: boolean): string {
  if (!chosen.tag) return tag;
  const put = harmless ? token : (chosen.texts[0] as string).replaceAll('/', '');
  return tag
    .split('/')
    .map((part, index) => (index === 2 ? put : part))
    .join('/');
}
