import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../../src/core/index.ts';
import { problemOf, render, sample } from './harness.ts';

const filters: readonly (readonly [string, string])[] = [
  // serialisers
  ["{{ {'b': 1, 'a': [true, none, 1.0]}|json }}", '{"a": [true, null, 1.0], "b": 1}'],
  ["{{ {'b': 1, 'a': 2}|json(sort_keys=False) }}", '{"b": 1, "a": 2}'],
  ["{{ {'a': 1}|json(indent=2) }}", '{\n  "a": 1\n}'],
  ["{{ 'é<' |json }}{{ 'é<'|tojson }}", '"é<""\\u00e9\\u003c"'],
  ["{{ {'b': 1, 'a': ['x', none, true, '5', 'yes']}|yaml }}", "{a: [x, null, true, '5', 'yes'], b: 1}"],
  ["{{ {'b': {'c': [1, 2]}, 'a': []}|yaml(False) }}", 'a: []\nb:\n  c:\n  - 1\n  - 2'],
  ["{{ 'a: b'|yaml }} {{ ''|yaml }} {{ 1.0|yaml }} {{ none|yaml }} {{ 'x'|yaml }}", "'a: b' '' 1.0 null x"],
  [
    '{{ \'say "hi"\'|yaml_dquote }} {{ "it\'s"|yaml_squote }} {{ 5|yaml_dquote }}',
    '"say \\"hi\\"" \'it\'\'s\' "5"',
  ],
  [
    "{{ 'x'|yaml_encode }} {{ none|yaml_encode }} {{ true|yaml_encode }} {{ 5|yaml_encode }}",
    '"x" null true 5',
  ],
  ['{{ (\'{"a": [1, 1.0, 12345678901234567890]}\'|load_json) }}', "{'a': [1, 1.0, 12345678901234567890]}"],
  ["{{ 'a: [1, yes, 0755]'|load_yaml }}", "{'a': [1, True, 755]}"],
  [
    "{{ {'k': 'word ' * 20 ~ 'end'}|yaml(False) }}",
    `k: ${'word '.repeat(15)}word\n  ${'word '.repeat(4)}end`,
  ],
  ["{{ ['on', '12:30', '0x1f', '2024-01-01']|yaml }}", "['on', '12:30', '0x1f', '2024-01-01']"],
  ["{{ {'x': 1, 'y': 'z'}|dict_to_sls_yaml_params }}", '- x: 1\n- y: z'],
  ["{{ {'a': {'b': 1, 'c': '<'}}|xml }}", '<?xml version="1.0" ?>\n<a b="1" c="&lt;"/>\n'],
  // strings
  [
    "{% for v in ['yes', 'Y', 1, 0, '1', 'true', 'on', [], [0], none] %}{{ v|to_bool }} {% endfor %}",
    'True False True False True True False False True False ',
  ],
  ["{{ '5'|to_num }} {{ '5.5'|to_num + 1 }} {{ 'x'|to_num }}", '5 6.5 x'],
  ["{{ \"it's; rm\"|quote }} {{ 'safe-1'|quote }} {{ ''|quote }}", `'it'"'"'s; rm' safe-1 ''`],
  ["{{ 'a.b*c'|regex_escape }}", 'a\\.b\\*c'],
  [
    "{{ 'web12'|regex_match('web(\\d+)') }} {{ 'xweb12'|regex_match('web') }} {{ 'xweb12'|regex_search('web(\\d)(\\d)') }}",
    "('12',) None ('1', '2')",
  ],
  ["{{ 'web'|regex_match('web') }}{% if 'web'|regex_match('web') %}y{% else %}n{% endif %}", "('web',)y"],
  [
    "{{ 'WEB1'|regex_match('(?P<n>web)\\d', ignorecase=True) }}{{ 'Web'|regex_search('(?i)(WEB)') }}",
    "('WEB',)('Web',)",
  ],
  [
    "{{ 'a1b22'|regex_replace('\\d+', '#') }} {{ 'john doe'|regex_replace('(?P<f>\\w+) (\\w+)', '\\\\2 \\\\g<f>') }}",
    'a#b# doe john',
  ],
  [
    "{{ 'one\ntwo'|regex_search('^(two)$', multiline=True) }}{{ 'x\n'|regex_match('(x)$') }}{{ 'x\n'|regex_match('(x)\\Z') }}",
    "('two',)('x',)None",
  ],
  ["{{ 'random'|uuid }}", '3652b285-26ad-588e-a5dc-c2ee65edc804'],
  ["{{ 'ab12'|is_hex }} {{ 'xyz'|is_hex }} {{ 'a b'|contains_whitespace }}", 'True False True'],
  ["{{ 'base'|base64_encode }} {{ 'YmFzZQ=='|base64_decode }}", 'YmFzZQ== base'],
  [
    "{{ 'a'|md5 }} {{ 'a'|sha1 }}",
    '0cc175b9c0f1b6a831c399e269772661 86f7e437faa5a7fce15d1ddcb9eaeaea377667b8',
  ],
  ["{{ 'a'|sha256|length }} {{ 'a'|sha512|length }}", '64 128'],
  [
    "{{ 'snake_case_word'|to_camelcase }} {{ 'snake_case'|to_camelcase(uppercamel=True) }} {{ 'camelCaseWord'|to_snake_case }}",
    'snakeCaseWord SnakeCase camel_case_word',
  ],
  [
    "{{ 1457456400|strftime }} {{ '2024-02-03 10:01:02'|strftime('%d.%m.%Y %H:%M:%S') }} {{ '20240203100010123456'|strftime('%j %b %A %f') }}",
    '2016-03-08 03.02.2024 10:01:02 034 Feb Saturday 123456',
  ],
  ["{{ '2 GiB'|human_to_bytes }} {{ '1k'|human_to_bytes }}", '2147483648 1024'],
  ["{{ 'a'|sequence }} {{ [1]|sequence }} {{ 'x'|skip }}|", "['a'] [1] |"],
  ["{{ '/a'|path_join('b', '../c') }}", '/a/c'],
  // lists and maps
  [
    '{{ [1, 1, 2]|unique }} {{ [1, 2]|union([2, 3]) }} {{ [1, 2]|intersect([2, 3]) }} {{ [1, 2]|difference([2]) }} {{ [1, 2]|symmetric_difference([2, 3]) }}',
    '[1, 2] [1, 2, 3] [2] [1] [1, 3]',
  ],
  ["{{ [{'a': 1}, {'a': 1}]|unique }} {{ [1, true, 1.0, 'x']|unique }}", "[{'a': 1}] [1, 'x']"],
  [
    '{{ [1, 2, 3]|avg }} {{ [1, [2, [3, none]]]|flatten }} {{ [1, [2, [3]]]|flatten(levels=1) }}',
    '2.0 [1, 2, 3] [1, 2, [3]]',
  ],
  [
    "{{ ['b', 'A']|sorted_ignorecase }} {{ 'bc'|substring_in_list(['abcd']) }} {{ [1]|is_list }} {{ 'a'|is_iter }}",
    "['A', 'b'] True True False",
  ],
  ['{{ [true, false, 1]|exactly_n_true(2) }} {{ [true, 0]|exactly_one_true }}', 'True True'],
  ['{{ [1, 2]|compare_lists([2, 3]) }}', "{'new': [3], 'old': [1]}"],
  ["{{ {'a': 1, 'b': 2}|compare_dicts({'a': 1, 'b': 3}) }}", "{'b': {'old': 2, 'new': 3}}"],
  [
    "{{ {'a': {'b': [5, 6]}}|traverse('a:b:1') }} {{ {'a': 1}|traverse('a:z', 'dflt') }} {{ {'a': {'b': 1}}|traverse('a.b', delimiter='.') }}",
    '6 dflt 1',
  ],
  [
    "{{ {'a': {'b': 1}}|set_dict_key_value('a:c', 2) }} {{ {}|set_dict_key_value('x:y', 1) }}",
    "{'a': {'b': 1, 'c': 2}} {'x': {'y': 1}}",
  ],
  [
    "{{ {'a': [1]}|append_dict_key_value('a', 2) }} {{ {'a': [1]}|extend_dict_key_value('a', [2, 3]) }} {{ {'a': {'b': 1}}|update_dict_key_value('a', {'c': 2}) }}",
    "{'a': [1, 2]} {'a': [1, 2, 3]} {'a': {'b': 1, 'c': 2}}",
  ],
  [
    "{{ {'a': 1}|to_entries }} {{ [{'key': 'a', 'value': 1}]|from_entries }}",
    "[{'key': 'a', 'value': 1}] {'a': 1}",
  ],
  [
    "{{ [1, 2, 3]|combinations(2)|list }} {{ 'ab'|permutations|list }} {{ [1, 2]|product(['x'])|list }}",
    "[(1, 2), (1, 3), (2, 3)] [('a', 'b'), ('b', 'a')] [(1, 'x'), (2, 'x')]",
  ],
  [
    "{{ [1, 2]|zip(['a', 'b'])|list }} {{ [1]|zip_longest([2, 3], fillvalue=0)|list }} {{ 'abc'|compress([1, 0, 1])|list }}",
    "[(1, 'a'), (2, 'b')] [(1, 2), (0, 3)] ['a', 'c']",
  ],
  ["{{ 'x'|method_call('upper') }} {{ 'a-b'|method_call('split', '-') }}", "X ['a', 'b']"],
  // network
  [
    "{{ '10.0.0.1'|is_ip }} {{ '::1'|is_ipv6 }} {{ '::1'|is_ipv4 }} {{ '300.1.1.1'|is_ip }} {{ 'fe80::%eth0'|is_ipv6 }}",
    'True True False False True',
  ],
  [
    "{{ ['10.0.0.1', 'x', '8.8.8.8']|ipaddr }} {{ ['10.0.0.1', '8.8.8.8']|ipv4('private') }} {{ '::1'|ipv4 }} {{ '8.8.8.8'|ipaddr('global') }}",
    "['10.0.0.1', '8.8.8.8'] ['10.0.0.1'] None 8.8.8.8",
  ],
  [
    "{{ 'fe80::1'|ipwrap }} {{ ['::1', '1.2.3.4']|ipwrap }} {{ '10.0.0.0/30'|network_hosts }} {{ '10.0.0.0/24'|network_size }}",
    "[fe80::1] ['[::1]', '1.2.3.4'] ['10.0.0.1', '10.0.0.2'] 256",
  ],
  ["{{ ['10.0.0.1', '192.168.0.1']|filter_by_networks(['10.0.0.0/8']) }}", "['10.0.0.1']"],
  [
    "{{ 'x'|network_hosts }} {{ missing|network_size }} {{ [1, 'x']|ipaddr }} {{ []|ip_host }} {{ 42|is_ipv4 }} {{ '10.0.0.1/30'|is_ip }} {{ ['x', 5]|ipwrap }}",
    "None None ['0.0.0.1'] None True True ['x', 5]",
  ],
  // what Salt makes of values of other types
  [
    "{{ 5|method_call('upper') }} {{ 1.5|to_num }} {{ true|str_to_num }} {{ 2.5|to_bool }} {{ (1,)|to_bool }} {{ missing|to_bool }} {{ 5|is_hex }}",
    'None 1 1 False False False False',
  ],
  [
    "{{ none|map('upper')|list }} {{ 0|select|list }} {{ false|rejectattr('a')|list }} {{ none|quote }} {{ ''|path_join('b') }} {{ missing in [] }}",
    "[] [] [] '' b False",
  ],
  [
    "{{ 'ab'|json_encode_list }} {{ ['b', 'A']|to_snake_case }} {{ [1]|truncate(8) }} {{ [' ', 'x']|contains_whitespace }} {{ {}.fromkeys(['a'], 1) }} {{ true.real }}",
    "[b'a', b'b'] b_a [1] True {'a': 1} 1",
  ],
  [
    "{{ [{'a': 1}, [2]]|flatten }} {{ {1: 'x', none: 0}|pprint }} {{ 'abc' % missing }} {{ '%a' % 'é' }} {{ -7 % 1.0 }} {{ range(5)[1:3] }} {{ 1e16|json }}",
    "['a', 2] {None: 0, 1: 'x'} abc '\\xe9' 0.0 range(1, 3) 1e+16",
  ],
  // tests, globals, tags
  [
    "{{ 'web1' is match('WEB', ignorecase=True) }} {{ 'xweb' is match('web') }} {{ 1 is equalto(1) }} {{ [] is list }}",
    'True False True True',
  ],
  ["{{ odict([('b', 1), ('a', 2)]) }}", "{'b': 1, 'a': 2}"],
  ['{% profile as "x" %}a{% endprofile %}', 'a'],
  [
    '{% load_json as j %}{"a": [1, {{ l[0] }}], "s": "{{ s }}"}{% endload %}{{ j }}',
    "{'a': [1, 1], 's': 'hello'}",
  ],
  ['{% load_text as t %} x {{ s }} {% endload %}[{{ t }}]', '[ x hello ]'],
];

describe("Salt's filters, tests and tags", () => {
  it.each(filters)('%s', (text, expected) => {
    expect(render(text)).toBe(expected);
  });

  it('verify a webhook signature', () => {
    const signature = createHmac('sha256', 'secret').update('body').digest('base64');
    expect(
      render(`{{ 'body'|hmac('secret', '${signature}') }} {{ 'body2'|hmac('secret', '${signature}') }}`),
    ).toBe('True False');
    expect(render("{{ 'body'|hmac_compute('secret') }}")).toBe(
      createHmac('sha256', 'secret').update('body').digest('hex'),
    );
  });

  it.each([
    "{{ 'a: b: c'|load_yaml }}",
    "{{ '{x}'|load_json }}",
    '{{ [1]|yaml_encode }}',
    "{{ 'x'|regex_match('(') }}",
    "{{ 'never'|strftime }}",
    '{{ range|json }}',
    '{{ 5|sha256 }}',
    '{{ [1]|indent }}',
    "{{ 5|regex_match('5') }}",
    "{{ [1]|union('a') }}",
    "{{ 'x'|json_encode_dict }}",
    '{{ 5|quote }}',
    "{{ 'abc'|base64_decode }}",
    "{{ ['x']|filter_by_networks(['10.0.0.0/8']) }}",
    '{{ [1]|sorted_ignorecase }}',
    "{{ {1: 0, 'a': 0}|json }}",
    '{{ {}|xml }}',
    "{{ [{'a': 1}]|groupby('a') }}",
    '{{ {}|load_yaml }}',
    '{% load_yaml as y %}a: [{% endload %}',
  ])('refuse %s', (text) => {
    expect(problemOf(text).severity).toBe('error');
  });
});

describe('allow_undefined', () => {
  const env = { allowUndefined: true };

  it.each([
    ['a{{ zz }}b{{ d.zz }}', 'ab'],
    ['{% if zz %}y{% else %}n{% endif %}{% for x in zz %}x{% endfor %}', 'n'],
    ["{{ 'a' ~ zz }}{{ zz|default('d') }}{{ zz|length }}{{ zz|upper }}", 'ad0'],
    ['{{ zz == qq }}{{ zz is defined }}', 'TrueFalse'],
  ])('%s', (text, expected) => {
    expect(render(text, { env })).toBe(expected);
  });

  it('still refuses what lies behind a missing name', () => {
    expect(problemOf('{{ zz.a }}', { env }).code).toBe('TEMPLATE_UNDEFINED');
    expect(problemOf('{{ zz + 1 }}', { env, context: sample() }).code).toMatch(/^TEMPLATE_/);
  });
});

describe('the time of nothing', () => {
  const stamped = new Map<string, Value>([['data', new Map([['_stamp', '2024-02-03T10:00:10.123456']])]]);

  it.each([
    ["{{ none|strftime('%Y-%m-%d %H:%M:%S.%f') }}", '2024-02-03 10:00:10.123456'],
    ["{{ ''|date_format('%j') }}{{ 'now'|strftime }}", '0342024-02-03'],
  ])('%s is that of the event', (text, expected) => {
    expect(render(text, { context: stamped })).toBe(expected);
  });

  it('is a problem without one', () => {
    expect(problemOf('{{ none|strftime }}', { context: new Map() })).toMatchObject({
      code: 'TEMPLATE_VALUE',
    });
  });
});
