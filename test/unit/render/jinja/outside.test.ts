import { describe, expect, it } from 'vitest';
import { problemOf, render } from './harness.ts';

/** As the real filters print it. */
const cases: readonly (readonly [string, string])[] = [
  [
    "{{ 'see http://x.com/a(b) and (www.foo.org), me@x.de. <b>'|urlize }}",
    'see <a href="http://x.com/a(b)" rel="noopener">http://x.com/a(b)</a> and (<a href="https://www.foo.org" rel="noopener">www.foo.org</a>), <a href="mailto:me@x.de">me@x.de</a>. &lt;b&gt;',
  ],
  [
    "{{ 'foo.com bar.xyz https://10.0.0.1:80/x?y=1#z mailto:a@b.c'|urlize(10, true, target='_blank') }}",
    '<a href="https://foo.com" rel="nofollow noopener" target="_blank">foo.com</a> bar.xyz <a href="https://10.0.0.1:80/x?y=1#z" rel="nofollow noopener" target="_blank">https://10...</a> <a href="mailto:a@b.c">a@b.c</a>',
  ],
  [
    "{{ 'http://[2001:db8::1]/ &lt;http://x.y&gt;, @a@b.c www.x@y.z'|urlize(rel='me you') }}",
    '<a href="http://[2001:db8::1]/" rel="me noopener you">http://[2001:db8::1]/</a> &amp;lt;http://x.y&amp;gt;, @a@b.c www.x@y.z',
  ],
  ["{{ {'s': [{'n': 'a', 'p': 80}, {'n': 'b', 'p': 25}]}|json_query('s[].p') }}", '[80, 25]'],
  ["{{ {'s': [{'n': 'a', 'p': 80}, {'n': 'b', 'p': 25}]}|json_query('s[?p > `30`].n | [0]') }}", 'a'],
  ["{{ {'s': {'a': 1}}|json_query('s.b') }}", 'None'],
  [
    "{{ ['+--+--+', '| id | name |', '+--+--+', '| 1 | x y |', '| 2 | 3.5 |']|mysql_to_dict('id') }}",
    "{1: {'id': 1, 'name': 'x y'}, 2: {'id': 2, 'name': 3.5}}",
  ],
  [
    "{{ '192.168.0.1/28'|ip_host }} {{ '10.0.0.1'|ip_host }} {{ ['10.0.0.1/8','x','::1']|ip_host }} {{ 'x'|ip_host }}",
    "192.168.0.1/28 10.0.0.1/32 ['10.0.0.1/8', '::1/128'] None",
  ],
  [
    "{{ {'a': 'x'}|json_encode_dict }} {{ ['a', 1]|json_encode_list }} {{ {'a': 'x'}|json_decode_dict }} {{ ['a', {'b': ['c']}]|json_decode_list }}",
    "{b'a': b'x'} [b'a', 1] {b'a': b'x'} [b'a', {b'b': [b'c']}]",
  ],
  [
    "{{ {'bbb': 'x' * 30, 'aaa': ['y' * 30, 'z' * 30, 1, {'deep': 'w' * 40, 'more': [1, 2, 3]}]}|pprint }}",
    "{'aaa': ['yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy',\n         'zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz',\n         1,\n         {'deep': 'wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww',\n          'more': [1, 2, 3]}],\n 'bbb': 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'}",
  ],
  [
    "{{ ('word ' * 30)|pprint }}",
    "('word word word word word word word word word word word word word word word '\n 'word word word word word word word word word word word word word word word ')",
  ],
  [
    "{{ {'k': 'some longer words ' * 8, 'l': 1}|python }}",
    "{'k': 'some longer words some longer words some longer words some longer words '\n      'some longer words some longer words some longer words some longer '\n      'words ',\n 'l': 1}",
  ],
  [
    "{{ [('a' * 50, 'b' * 50), ('c' * 90,)]|pprint }}",
    "[('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',\n  'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'),\n ('cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',)]",
  ],
  ["{{ {2: 'x', 1: 'y'}|pprint }}{{ []|pprint }}{{ {'a': {}}|pprint }}", "{1: 'y', 2: 'x'}[]{'a': {}}"],
  [
    "{{ ['line one\nline two which is long enough to be wrapped somewhere around here I hope so\n', 1]|pprint }}",
    "['line one\\n'\n 'line two which is long enough to be wrapped somewhere around here I hope '\n 'so\\n',\n 1]",
  ],
  [
    "{{ {'x': {'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy': {'zzzzzzzzzzzzzzzzzzzzzzzzz': [1,2,3,4,5,6,7,8,9]}}}|pprint }}",
    "{'x': {'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy': {'zzzzzzzzzzzzzzzzzzzzzzzzz': [1,\n                                                                                      2,\n                                                                                      3,\n                                                                                      4,\n                                                                                      5,\n                                                                                      6,\n                                                                                      7,\n                                                                                      8,\n                                                                                      9]}}}",
  ],
];

describe('filters of Jinja and Salt that few use', () => {
  it.each(cases)('%s', (text, out) => {
    expect(render(text)).toBe(out);
  });

  it('picks as Python does for a seed', () => {
    expect(render('{{ [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]|random_sample(3, seed=5) }}')).toBe('[10, 5, 6]');
    expect(render('{{ range(100)|list|random_sample(4, seed=12345678901) }}')).toBe('[76, 41, 49, 45]');
    expect(render("{{ ['a', 'b', 'c']|random_shuffle(seed=-3) }}")).toBe("['a', 'c', 'b']");
    expect(render('{{ range(1000)|list|random_sample(6, seed=0) }}')).toBe('[864, 394, 776, 911, 430, 41]');
    const by = (seed: string): string => render(`{{ range(20)|list|random_shuffle(seed=${seed}) }}`);
    expect(by("'web1'")).toBe(by("'web1'"));
    expect(by("'web1'")).not.toBe(by("'web2'"));
  });

  it.each([
    'random',
    'random_str',
    'random_hash',
    'rand_str',
    "gen_mac('AC')",
    'random_shuffle',
    'random_sample(1)',
  ])('refuses %s, which would differ each time', (filter) => {
    expect(problemOf(`{{ [1, 2]|${filter} }}`)).toMatchObject({ code: 'TEMPLATE_RANDOM', line: 1 });
  });

  it.each([
    'dns_check',
    "http_query(backend='x')",
    'list_files',
    'which',
    'file_hashsum',
    'get_uid',
    'is_empty',
    'is_text_file',
    'is_bin_file',
  ])('refuses %s, which looks at the world', (filter) => {
    expect(problemOf(`{{ 'x'|${filter} }}`)).toMatchObject({
      code: 'TEMPLATE_LOOKUP',
      hint: expect.any(String),
    });
  });

  it('refuses queries that cannot be read or are too long', () => {
    expect(problemOf("{{ {}|json_query('a[') }}").code).toBe('TEMPLATE_VALUE');
    expect(problemOf("{{ {}|json_query('a' * 2000) }}").code).toBe('TEMPLATE_BUDGET');
    expect(render("{{ {}|json_query('constructor') }}{{ 'x'|json_query('length(@)') }}")).toBe('None1');
  });
});
