import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromPlain, type ValueMap } from '../../../src/core/index.ts';
import { globTest, type Inventory, resolveTarget } from '../../../src/master/targets/index.ts';
import { fnmatch } from '../../../src/match/index.ts';

const minions: Record<string, unknown> = {
  db1: { os: 'Suse', roles: ['db'], ipv4: ['10.0.1.5', '127.0.0.1'], ipv6: ['2001:db8::5'] },
  web1: {
    os: 'Debian',
    roles: ['web', 'proxy'],
    ipv4: ['10.0.0.1'],
    nested: { a: { b: 'c:d' } },
    disks: [{ name: 'sda', size: 10 }, { name: 'sdb' }],
    num: 7,
    on: true,
    none: null,
    kernel: '6.1:lts',
  },
  web2: { os: 'debian', roles: ['web'], ipv4: ['10.0.0.2'] },
  'new.web3': undefined,
};

const ids = Object.keys(minions).sort();
const inventory: Inventory = {
  ids,
  has: (id) => ids.includes(id),
  grains: (id) => (minions[id] === undefined ? undefined : (fromPlain(minions[id]) as ValueMap)),
  nodeGroups: {
    web: 'G@roles:web',
    named: 'web1,db1',
    listed: ['web2', 'gone'],
    nested: 'N@web and not web2',
    loop: 'N@pool',
    pool: ['web1', 'or', 'N@loop'],
  },
};

const minionsOf = (tgt: string | string[], type: string): readonly string[] =>
  resolveTarget(fromPlain(tgt), type, inventory).minions;

describe('target types', () => {
  it.each([
    ['glob', '*', ids],
    ['glob', 'web?', ['web1', 'web2']],
    ['glob', '[!d]*', ['new.web3', 'web1', 'web2']],
    ['glob', 'web1', ['web1']],
    ['glob', 'WEB1', []],
    ['pcre', 'web', ['web1', 'web2']],
    ['pcre', 'web[2-9]|db', ['db1', 'web2']],
    ['pcre', '(?i)WEB1$', ['web1']],
    ['pcre', '(?P<name>db)\\d\\Z', ['db1']],
    ['list', 'web2,db1,web2', ['web2', 'db1']],
    ['list', ' web1 , x ', ['web1']],
    ['grain', 'os:debian', ['web1', 'web2']],
    ['grain', 'os:DEB*', ['web1', 'web2']],
    ['grain', 'os', []],
    ['grain', 'roles:proxy', ['web1']],
    ['grain', 'nested:a:b:c:d', ['web1']],
    ['grain', 'nested:a:*', ['web1']],
    ['grain', 'nested:a', ['web1']],
    ['grain', 'nested:x', []],
    ['grain', '*:a:b:c:d', ['web1']],
    ['grain', 'kernel:6.1:lts', ['web1']],
    ['grain', 'disks:name:sdb', ['web1']],
    ['grain', 'disks:name:sdc', []],
    ['grain', 'disks:name:sda', ['web1']],
    ['grain', 'disks:1:name:sdb', ['web1']],
    ['grain', 'num:7', ['web1']],
    ['grain', 'on:true', ['web1']],
    ['grain', 'none:none', ['web1']],
    ['grain_pcre', 'os:^(debian|suse)$', ['db1', 'web1', 'web2']],
    ['grain_pcre', 'os:bian', []],
    ['ipcidr', '10.0.0.0/24', ['web1', 'web2']],
    ['ipcidr', '10.0.1.5', ['db1']],
    ['ipcidr', '2001:db8::/32', ['db1']],
    ['ipcidr', '2001:db8::5', ['db1']],
    ['nodegroup', 'web', ['web1', 'web2']],
    ['nodegroup', 'nested', ['web1']],
    ['nodegroup', 'named', ['db1', 'web1']],
  ])('%s %s', (type, target, expected) => {
    expect(minionsOf(target, type)).toEqual(expected);
  });

  it.each([
    ['G@os:Debian', ['web1', 'web2']],
    ['web* and not web1', ['web2']],
    ['web* not web1', ['web2']],
    ['not web*', ['db1', 'new.web3']],
    ['not not db1', ['db1']],
    ['db1 or web* and web2', ['db1', 'web2']],
    ['( db1 or web* ) and web2', ['web2']],
    ['db1 or not web* and new*', ['db1', 'new.web3']],
    ['not db1 and not new*', ['web1', 'web2']],
    ['G|@os|Debian and E@web1', ['web1']],
    ['P@os:(debian|suse)$', ['db1', 'web1', 'web2']],
    ['S@10.0.0.0/24 or db1', ['db1', 'web1', 'web2']],
    ['L@web1,gone or db1', ['db1', 'web1']],
    ['N@nested or db1', ['db1', 'web1']],
    ['N@listed', ['web2']],
    ['X@web1', []],
  ])('compound %s', (target, expected) => {
    expect(minionsOf(target, 'compound')).toEqual(expected);
    expect(minionsOf(target.split(' '), 'compound')).toEqual(expected);
  });

  it('report who a list names and nobody is, unless it stands under not', () => {
    const missingOf = (tgt: string, type: string) => resolveTarget(tgt, type, inventory).missing;
    expect(missingOf('web1,x,y', 'list')).toEqual(['x', 'y']);
    expect(missingOf('db1 or L@web1,x', 'compound')).toEqual(['x']);
    expect(missingOf('db1 and not L@web1,x', 'compound')).toEqual([]);
    expect(missingOf('listed', 'nodegroup')).toEqual(['gone']);
  });

  it.each([
    ['compound', ''],
    ['compound', 'and web1'],
    ['compound', 'web1 and'],
    ['compound', 'web1 web2'],
    ['compound', '( web1'],
    ['compound', 'web1 )'],
    ['compound', '( and web1 )'],
    ['compound', 'N@nothing'],
    ['nodegroup', 'loop'],
    ['nodegroup', 'constructor'],
    ['pcre', '('],
    ['ipcidr', '10.0.0.1/24'],
    ['ipcidr', '10.0.0.0/33'],
    ['ipcidr', '2001:db8::1/64'],
    ['ipcidr', 'web1'],
    ['glub', '*'],
  ])('%s refuses %j', (type, target) => {
    expect(() => minionsOf(target, type)).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENT' }));
  });

  it.each([
    ['pillar', 'a:b'],
    ['compound', 'I@a:b'],
    ['compound', 'R@%x'],
  ])('%s says that Brine has no %j', (type, target) => {
    expect(() => minionsOf(target, type)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  });
});

describe('compound targets', () => {
  type Tree = { readonly words: string[]; readonly test: (id: string) => boolean };
  const term = fc.constantFrom<Tree>(
    { words: ['web*'], test: (id) => id.startsWith('web') },
    { words: ['db1'], test: (id) => id === 'db1' },
    { words: ['E@.*1'], test: (id: string) => id.endsWith('1') },
    { words: ['L@web2,new.web3'], test: (id: string) => id === 'web2' || id === 'new.web3' },
  );
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      term,
      tie('tree').map(({ words, test }) => ({
        words: ['not', '(', ...words, ')'],
        test: (id: string) => !test(id),
      })),
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => ({
        words: ['(', ...a.words, ')', 'and', '(', ...b.words, ')'],
        test: (id: string) => a.test(id) && b.test(id),
      })),
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => ({
        words: ['(', ...a.words, ')', 'or', '(', ...b.words, ')'],
        test: (id: string) => a.test(id) || b.test(id),
      })),
    ),
  }));

  it('select what their logic says', () => {
    fc.assert(
      fc.property(tree, ({ words, test }) => {
        expect(minionsOf(words, 'compound')).toEqual(ids.filter(test));
      }),
    );
  });

  it('bind not before and, and before or', () => {
    fc.assert(
      fc.property(term, term, term, (a, b, c) => {
        const words = [...a.words, 'or', 'not', ...b.words, 'and', ...c.words];
        const expected = ids.filter((id) => a.test(id) || (!b.test(id) && c.test(id)));
        expect(minionsOf(words, 'compound')).toEqual(expected);
      }),
    );
  });
});

describe('globs of names', () => {
  it('mean what fnmatch means for tags', () => {
    const piece = fc.constantFrom('a', 'b', '*', '?', '[', ']', '!', '-', '.', 'ä', '😀', '^', '\\');
    const text = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (glob, name) => {
        expect(globTest(glob)(name)).toBe(fnmatch(name, glob));
      }),
      { numRuns: 2000 },
    );
  });

  it('cost little whatever they are', () => {
    expect(globTest(`${'*a'.repeat(50)}b`)('a'.repeat(5000))).toBe(false);
  });
});
