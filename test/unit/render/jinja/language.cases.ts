/** Templates and what Jinja2 3.1.6 renders for them, over the context of `harness.ts`. */
export const rendered: readonly (readonly [string, string])[] = [
  [
    '{{ 1 }} {{ -1 }} {{ +1 }} {{ 1.0 }} {{ 1.5e3 }} {{ 1e100 }} {{ 0x1f }} {{ 0b11 }} {{ 0o17 }} {{ 1_000 }}',
    '1 -1 1 1.0 1500.0 1e+100 31 3 15 1000',
  ],
  [
    '{{ 20240203100010123456 }} {{ 20240203100010123456 + 1 }} {{ -20240203100010123456 }}',
    '20240203100010123456 20240203100010123457 -20240203100010123456',
  ],
  [
    '{{ 4/2 }} {{ 7/2 }} {{ 7//2 }} {{ -7//2 }} {{ 7%3 }} {{ -7%3 }} {{ 7%-3 }} {{ 7.5%2 }} {{ -7.5//2 }}',
    '2.0 3.5 3 -4 1 2 -2 1.5 -4.0',
  ],
  [
    '{{ 2**10 }} {{ 2**-1 }} {{ 2**0.5 }} {{ 2**3**2 }} {{ -2**2 }} {{ 2**100 }} {{ (-2)**3 }}',
    '1024 0.5 1.4142135623730951 64 4 1267650600228229401496703205376 -8',
  ],
  [
    '{{ 9007199254740993 * 3 }} {{ 9007199254740991 + 2 }} {{ 123456789012 * 123456789012 }} {{ 10**20 // 3 }} {{ -10**20 // 3 }} {{ 10**20 % 7 }} {{ -(10**20) % 7 }}',
    '27021597764222979 9007199254740993 15241578753153483936144 33333333333333333333 33333333333333333333 2 5',
  ],
  [
    '{{ 0.1+0.2 }} {{ 1e16 }} {{ 1e15 }} {{ 1.0e-5 }} {{ 0.0001 }} {{ 123456789.123 }} {{ 1/3 }} {{ 100*1.1 }}',
    '0.30000000000000004 1e+16 1000000000000000.0 1e-05 0.0001 123456789.123 0.3333333333333333 110.00000000000001',
  ],
  [
    '{{ true }} {{ false }} {{ none }} {{ True }} {{ False }} {{ None }} {{ true + 1 }} {{ true == 1 }}',
    'True False None True False None 2 True',
  ],
  [
    "{{ 'a' 'b' \"c\" }} {{ 'a' ~ 1 ~ none ~ 1.0 }} {{ 'a' + 'b' }} {{ 'a' * 3 }} {{ 3 * 'a' }} {{ [1] * 2 }} {{ (1,2) * 2 }} {{ [1]+[2] }} {{ (1,)+(2,) }}",
    'abc a1None1.0 ab aaa aaa [1, 1] (1, 2, 1, 2) [1, 2] (1, 2)',
  ],
  [
    "{{ 'a\\nb' }} {{ 'a\\tb' }} {{ 'a\\\\b' }} {{ 'a\\'b' }} {{ \"a\\\"b\" }} {{ 'a\\db' }} {{ '\\x41\\u0042' }} {{ '\\101' }}",
    'a\nb a\tb a\\b a\'b a"b a\\db AB A',
  ],
  [
    "{{ [1,2,3] }} {{ (1,2) }} {{ (1,) }} {{ () }} {{ [] }} {{ {} }} {{ {'a': 1, 'b': [1, {'c': none}]} }} {{ [1,2,] }} {{ {'a':1,} }}",
    "[1, 2, 3] (1, 2) (1,) () [] {} {'a': 1, 'b': [1, {'c': None}]} [1, 2] {'a': 1}",
  ],
  [
    "{{ ['a', \"it's\", 'q\"q', 'n\\nn', 'é', '\\t', '\\\\'] }} {{ [1.0, 1e20, true, none] }}",
    "['a', \"it's\", 'q\"q', 'n\\nn', 'é', '\\t', '\\\\'] [1.0, 1e+20, True, None]",
  ],
  ["{{ {1: 2, none: 3, true: 4, 'x': 5, 1.5: 6, (1,2): 7} }}", "{1: 4, None: 3, 'x': 5, 1.5: 6, (1, 2): 7}"],
  [
    '{{ s[0] }} {{ s[-1] }} {{ s[1:3] }} {{ s[::-1] }} {{ s[:-1] }} {{ s[::2] }} {{ s[10:] }}x{{ l[0] }} {{ l[-1] }} {{ l[1:] }} {{ l[::-1] }} {{ l[:2] }} {{ l[-2:] }} {{ t[1:] }} {{ t[0] }}',
    'h o el olleh hell hlo x1 3 [2, 3] [3, 2, 1] [1, 2] [2, 3] (2, 9) 1',
  ],
  [
    '{{ u }} {{ u[0] }} {{ u|length }} {{ u[::-1] }} {{ u.upper() }} {{ [u] }}',
    "hé😀x h 4 x😀éh HÉ😀X ['hé😀x']",
  ],
  [
    "{{ d.a }} {{ d['a'] }} {{ d.b.c }} {{ d['b']['c'] }} {{ d.b.l.0 }} {{ d.b.l[1] }} {{ d.get('zz') }} {{ d.get('zz', 5) }} {{ d.get('a') }}",
    '1 1 x x p q None 5 1',
  ],
  [
    '{{ d.keys()|list }} {{ d.values()|list }} {{ d.items()|list }} {{ d.keys() }} {{ d.values() }} {{ d.items() }}',
    "['a', 'b', '_stamp', 'n'] [1, {'c': 'x', 'l': ['p', 'q']}, 'now', None] [('a', 1), ('b', {'c': 'x', 'l': ['p', 'q']}), ('_stamp', 'now'), ('n', None)] dict_keys(['a', 'b', '_stamp', 'n']) dict_values([1, {'c': 'x', 'l': ['p', 'q']}, 'now', None]) dict_items([('a', 1), ('b', {'c': 'x', 'l': ['p', 'q']}), ('_stamp', 'now'), ('n', None)])",
  ],
  [
    '{{ d }} {{ l }} {{ t }} {{ nested }}',
    "{'a': 1, 'b': {'c': 'x', 'l': ['p', 'q']}, '_stamp': 'now', 'n': None} [1, 2, 3] (1, 2, 9) [{'a': [1, (2, 3), {'z': None}]}, 'x']",
  ],
  [
    "{{ 1 == 1.0 }} {{ 1 == '1' }} {{ none == none }} {{ [1] == [1] }} {{ [1] == (1,) }} {{ {'a':1} == {'a':1.0} }} {{ 'a' == 'a' }} {{ 1 != 2 }} {{ true == 1 }} {{ none == false }} {{ [] == false }}",
    'True False True True False True True True True False False',
  ],
  [
    "{{ 1 < 2 }} {{ 'a' < 'b' }} {{ [1,2] < [1,3] }} {{ (1,) < (1,2) }} {{ 1 < 1.5 }} {{ 3 > 2 > 1 }} {{ 1 < 3 < 2 }} {{ 1 == 1 == 1 }} {{ 2 >= 2 }} {{ 'B' < 'a' }}",
    'True True True True True True False True True True',
  ],
  [
    "{{ 'a' in 'abc' }} {{ 'z' in 'abc' }} {{ 1 in [1,2] }} {{ 1 in (1,2) }} {{ 'a' in d }} {{ 'zz' not in d }} {{ '' in 'abc' }} {{ 1.0 in [1] }} {{ 'a' in d.keys() }} {{ [1] in [[1]] }}",
    'True False True True True True True True True True',
  ],
  [
    "{{ not true }} {{ not [] }} {{ not {} }} {{ not '' }} {{ not 0 }} {{ not 0.0 }} {{ not none }} {{ not 'a' }} {{ not () }}",
    'False True True True True True True False True',
  ],
  [
    "{{ 1 and 2 }} {{ 0 and 2 }} {{ 1 or 2 }} {{ 0 or 2 }} {{ '' or 'x' }} {{ none or false }} {{ [] or {} }} {{ not 1 == 2 }} {{ not 1 in [2] }}",
    '2 0 1 2 x False {} True True',
  ],
  ["{{ 'y' if 1 else 'n' }} {{ 'y' if 0 else 'n' }} {{ 'a' if 0 else 'b' if 0 else 'c' }}", 'y n c'],
  ["{{ 'y' if 0 }}", ''],
  ["{{ ('y' if 0)|default('dd') }}", 'dd'],
  [
    "{{ zz|default('x') }} {{ d.zz|default('y') }} {{ ''|default('z') }} {{ ''|default('z', true) }} {{ none|default('q') }} {{ none|default('q', true) }} {{ 0|d(5, boolean=true) }} {{ zz|default }}|",
    'x y  z None q 5 |',
  ],
  [
    '{{ zz is defined }} {{ d is defined }} {{ d.zz is defined }} {{ d.a is defined }} {{ zz is undefined }} {{ zz is not defined }}',
    'False True False True True True',
  ],
  [
    '{{ zz is none }} {{ zz is string }} {{ zz is mapping }} {{ zz is number }} {{ zz is boolean }} {{ zz is sequence }}',
    'False False False False False False',
  ],
  ['{{ [zz]|length }} {{ [zz, 1][1] }} {{ [zz][0] is defined }}', '1 1 False'],
  ['{{ 1 or zz }} {{ 0 and zz }}', '1 0'],
  [
    "{{ '%s' % 'x' }} {{ '%s %s' % (1, 'b') }} {{ '%d' % 3.7 }} {{ '%05d' % 42 }} {{ '%.2f' % 3.14159 }} {{ '%x' % 255 }} {{ '%X' % 255 }} {{ '%#x' % 255 }} {{ '%o' % 8 }} {{ '%e' % 12345.678 }} {{ '%g' % 0.00001 }} {{ '%g' % 123456789 }} {{ '%10s|' % 'a' }} {{ '%-10s|' % 'a' }} {{ '%+d' % 5 }} {{ '%%' % () }} {{ '%r' % 'a' }} {{ '%c' % 65 }} {{ '%.3s' % 'abcdef' }}",
    "x 1 b 3 00042 3.14 ff FF 0xff 10 1.234568e+04 1e-05 1.23457e+08          a| a         | +5 % 'a' A abc",
  ],
  [
    "{{ '%(a)s' % d }} {{ '%(a)05d' % d }} {{ '%s' % l }} {{ '%s' % d }} {{ '%s' % none }} {{ '%s' % (t,) }} {{ '%*d' % (5, 3) }} {{ '%s' % 1.0 }} {{ '% d' % 5 }}",
    "1 00001 [1, 2, 3] {'a': 1, 'b': {'c': 'x', 'l': ['p', 'q']}, '_stamp': 'now', 'n': None} None (1, 2, 9)     3 1.0  5",
  ],
  [
    "{{ '{}'.format(1) }} {{ '{} {}'.format(1, 'a') }} {{ '{1} {0}'.format('a', 'b') }} {{ '{x}'.format(x=1) }} {{ '{0[a]}'.format(d) }} {{ '{:>5}|{:<5}|{:^5}|'.format('a','b','c') }} {{ '{:05d}'.format(42) }} {{ '{:.2f}'.format(3.14159) }} {{ '{:x}'.format(255) }} {{ '{:#x}'.format(255) }} {{ '{:,}'.format(1234567) }} {{ '{!r}'.format('a') }} {{ '{{}}'.format() }} {{ '{:*^9}'.format('mid') }} {{ '{:+d}'.format(3) }} {{ '{:b}'.format(5) }} {{ '{:%}'.format(0.25) }} {{ '{:e}'.format(1234.5) }} {{ '{:g}'.format(1234567.0) }} {{ '{:{}}|'.format('a', 5) }} {{ '{:s}'.format('z') }} {{ '{}'.format(none) }} {{ '{:.1%}'.format(0.1234) }} {{ '{:>8.2f}'.format(2.5) }}",
    "1 1 a b a 1 1     a|b    |  c  | 00042 3.14 ff 0xff 1,234,567 'a' {} ***mid*** +3 101 25.000000% 1.234500e+03 1.23457e+06 a    | z None 12.3%     2.50",
  ],
  [
    "{{ 'abc'.upper() }} {{ 'ABC'.lower() }} {{ 'aBc'.swapcase() }} {{ 'hello world'.title() }} {{ \"they're bill's\".title() }} {{ 'hello'.capitalize() }} {{ 'ß'.casefold() }}",
    "ABC abc AbC Hello World They'Re Bill'S Hello ss",
  ],
  [
    "{{ ' a '.strip() }}|{{ ' a '.lstrip() }}|{{ ' a '.rstrip() }}|{{ 'xxaxx'.strip('x') }}|{{ 'abcba'.strip('ab') }}|{{ 'xya'.lstrip('xy') }}|{{ 'axy'.rstrip('yx') }}",
    'a|a | a|a|c|a|a',
  ],
  [
    "{{ 'a,b,c'.split(',') }} {{ 'a b  c '.split() }} {{ 'a,b,c'.split(',', 1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ ' a b  c '.split(none, 1) }} {{ ' a b  c '.rsplit(none, 1) }} {{ ''.split() }} {{ ''.split(',') }} {{ 'abc'.split('') if 0 else 1 }} {{ 'a,b'.split(sep=',') }} {{ 'a b c'.split(maxsplit=1) }}",
    "['a', 'b', 'c'] ['a', 'b', 'c'] ['a', 'b,c'] ['a,b', 'c'] ['a', 'b  c '] [' a b', 'c'] [] [''] 1 ['a', 'b'] ['a', 'b c']",
  ],
  [
    "{{ 'a.b.c'.partition('.') }} {{ 'a.b.c'.rpartition('.') }} {{ 'abc'.partition('.') }} {{ 'abc'.rpartition('.') }} {{ 'a\\nb\\r\\nc'.splitlines() }} {{ 'a\\nb\\n'.splitlines(true) }}",
    "('a', '.', 'b.c') ('a.b', '.', 'c') ('abc', '', '') ('', '', 'abc') ['a', 'b', 'c'] ['a\\n', 'b\\n']",
  ],
  [
    "{{ 'aXbX'.replace('X', '-') }} {{ 'aXbX'.replace('X', '-', 1) }} {{ 'abc'.replace('', '-') }} {{ 'aaa'.replace('a', 'b', 2) }}",
    'a-b- a-bX -a-b-c- bba',
  ],
  [
    "{{ 'abc'.find('c') }} {{ 'abc'.find('z') }} {{ 'abcabc'.rfind('b') }} {{ 'abc'.index('b') }} {{ 'abcabc'.count('b') }} {{ 'aaaa'.count('aa') }} {{ 'abcabc'.find('b', 2) }} {{ 'abc'.count('') }}",
    '2 -1 4 1 2 2 4 4',
  ],
  [
    "{{ 'abc'.startswith('a') }} {{ 'abc'.endswith('c') }} {{ 'abc'.startswith(('x','a')) }} {{ 'abc'.startswith('b', 1) }} {{ 'abc'.endswith(('x','y')) }}",
    'True True True True False',
  ],
  [
    "{{ 'a'.center(5) }}|{{ 'ab'.center(5, '*') }}|{{ 'abc'.center(6, '*') }}|{{ 'a'.ljust(3) }}|{{ 'a'.rjust(3, '0') }}|{{ '42'.zfill(5) }}|{{ '-42'.zfill(5) }}|{{ 'a\\tb'.expandtabs(4) }}|{{ 'abc'.center(2) }}",
    '  a  |**ab*|*abc**|a  |00a|00042|-0042|a   b|abc',
  ],
  [
    "{{ 'a1'.isalnum() }} {{ 'ab'.isalpha() }} {{ '12'.isdigit() }} {{ '12'.isdecimal() }} {{ '1.2'.isnumeric() }} {{ 'ab'.islower() }} {{ 'AB'.isupper() }} {{ ' '.isspace() }} {{ 'Ab Cd'.istitle() }} {{ ''.isdigit() }} {{ 'a_b'.isidentifier() }} {{ 'a'.isascii() }} {{ 'A1'.isupper() }} {{ '1'.isupper() }} {{ '\\n'.isprintable() }}",
    'True True True True False True True True True False True True True False False',
  ],
  ["{{ ','.join(['a','b']) }} {{ ''.join(('a',)) }} {{ '-'.join('abc') }}", 'a,b a a-b-c'],
  [
    "{{ 'prefix-x'.removeprefix('prefix-') }} {{ 'x.txt'.removesuffix('.txt') }} {{ 'x'.removesuffix('') }}",
    'x x x',
  ],
  [
    "{{ 'abc'.encode() }} {{ 'é'.encode('utf-8') }} {{ 'abc'.encode().decode() }}",
    "b'abc' b'\\xc3\\xa9' abc",
  ],
  [
    '{{ l.index(2) }} {{ l.count(1) }} {{ [3,1,2].sort() }} {{ l.copy() }} {{ t.index(2) }} {{ t.count(9) }}',
    '1 1 None [1, 2, 3] 1 1',
  ],
  [
    "{% set x = [3,1,2] %}{% do x.append(4) %}{% do x.sort() %}{{ x }}{% do x.reverse() %}{{ x }}{{ x.pop() }}{{ x.pop(0) }}{% do x.insert(1, 'i') %}{{ x }}{% do x.extend([7,8]) %}{% do x.remove('i') %}{{ x }}{% do x.clear() %}{{ x }}",
    "[1, 2, 3, 4][4, 3, 2, 1]14[3, 'i', 2][3, 2, 7, 8][]",
  ],
  [
    "{% set x = {'a': 1} %}{% do x.update({'b': 2}) %}{% do x.update(c=3) %}{{ x }}{{ x.pop('a') }}{{ x.pop('zz', 9) }}{{ x.setdefault('q', 5) }}{{ x.setdefault('b', 0) }}{{ x }}{{ x.copy() }}{{ x.popitem() }}{% do x.clear() %}{{ x }}{% do x.update([['k', 'v']]) %}{{ x }}",
    "{'a': 1, 'b': 2, 'c': 3}1952{'b': 2, 'c': 3, 'q': 5}{'b': 2, 'c': 3, 'q': 5}('q', 5){}{'k': 'v'}",
  ],
  [
    "{{ 'abc'|upper }} {{ 'ABC'|lower }} {{ 'hello world-foo bar'|title }} {{ \"it's a\"|title }} {{ 'hELLO'|capitalize }} {{ 5|upper }} {{ none|upper }}",
    "ABC abc Hello World-Foo Bar It's A Hello 5 NONE",
  ],
  [
    "{{ ' a '|trim }}|{{ 'xax'|trim('x') }}|{{ 'a'|center(5) }}|{{ 'abc'|center(6) }}|{{ 'abc'|reverse }}|{{ [1,2]|reverse|list }}|{{ 'abc'|first }}|{{ [1,2]|last }}|{{ 'abc'|list }}|{{ d|list }}|{{ d|length }}|{{ 'abc'|count }}",
    "a|a|  a  | abc  |cba|[2, 1]|a|2|['a', 'b', 'c']|['a', 'b', '_stamp', 'n']|4|3",
  ],
  ['{{ []|first is defined }} {{ [none]|first is none }}', 'False True'],
  [
    "{{ [1,2,3]|sum }} {{ [1.5,2]|sum }} {{ []|sum }} {{ [[1],[2]]|sum(start=[]) }} {{ users|sum(attribute='age') }} {{ [1,2]|sum(start=10) }}",
    '6 3.5 0 [1, 2] 75 13',
  ],
  [
    "{{ [3,1,2]|sort }} {{ ['b','A','c']|sort }} {{ ['b','A','c']|sort(case_sensitive=true) }} {{ [3,1,2]|sort(reverse=true) }} {{ users|sort(attribute='age')|map(attribute='name')|list }} {{ users|sort(attribute='group,age')|map(attribute='name')|list }} {{ 'cab'|sort }} {{ d|sort }} {{ [(2,'a'),(1,'b')]|sort }}",
    "[1, 2, 3] ['A', 'b', 'c'] ['A', 'b', 'c'] [3, 2, 1] ['ann', 'cid', 'bob'] ['cid', 'bob', 'ann'] ['a', 'b', 'c'] ['_stamp', 'a', 'b', 'n'] [(1, 'b'), (2, 'a')]",
  ],
  [
    "{{ [3,1,2]|min }} {{ [3,1,2]|max }} {{ ['b','A']|min }} {{ []|max is defined }} {{ users|max(attribute='age') }}",
    "1 3 A False {'name': 'bob', 'age': 30, 'group': 'x', 'active': True}",
  ],
  [
    "{{ [1,2,3,4,5]|batch(2)|list }} {{ [1,2,3,4,5]|batch(2, 'x')|list }} {{ [1,2,3,4,5]|slice(2)|list }} {{ [1,2,3,4,5]|slice(3, 'x')|list }} {{ []|batch(2)|list }} {{ [1,2,3,4]|slice(2,'x')|list }}",
    "[[1, 2], [3, 4], [5]] [[1, 2], [3, 4], [5, 'x']] [[1, 2, 3], [4, 5]] [[1, 2], [3, 4], [5, 'x']] [] [[1, 2, 'x'], [3, 4, 'x']]",
  ],
  [
    "{{ [1,2]|join(',') }} {{ ['a','b']|join }} {{ users|join(', ', attribute='name') }} {{ [1,none,true,1.0]|join('-') }} {{ 'abc'|join('.') }} {{ [[1],['a']]|join }}",
    "1,2 ab bob, ann, cid 1-None-True-1.0 a.b.c [1]['a']",
  ],
  [
    "{{ [1,2,3,4]|select('odd')|list }} {{ [1,2,3,4]|reject('odd')|list }} {{ [0,1,'',none]|select|list }} {{ [0,1]|reject|list }} {{ [1,2,3]|select('gt', 1)|list }} {{ [1,2,3]|select('in', [1,3])|list }} {{ users|selectattr('active')|map(attribute='name')|list }} {{ users|selectattr('age', 'gt', 25)|map(attribute='name')|list }} {{ users|rejectattr('active')|map(attribute='name')|list }} {{ users|selectattr('group', 'equalto', 'x')|map(attribute='name')|join(',') }} {{ users|selectattr('zz', 'defined')|list }}",
    "[1, 3] [2, 4] [1] [0] [2, 3] [1, 3] ['bob', 'cid'] ['bob'] ['ann'] bob,cid []",
  ],
  [
    "{{ ['a','b']|map('upper')|list }} {{ [1.5,2.5]|map('round')|list }} {{ ['a,b']|map('replace', ',', '-')|list }} {{ users|map(attribute='name')|list }} {{ users|map(attribute='zz', default='q')|list }} {{ [[1,2],[3,4]]|map('first')|list }} {{ [[1,2],[3,4]]|map(attribute=0)|list }} {{ ['1','2']|map('int')|sum }} {{ [{'a':{'b':1}}]|map(attribute='a.b')|list }}",
    "['A', 'B'] [2.0, 2.0] ['a-b'] ['bob', 'ann', 'cid'] ['q', 'q', 'q'] [1, 3] [1, 3] 3 [1]",
  ],
  [
    "{% for g, items in users|groupby('group') %}{{ g }}:{{ items|map(attribute='name')|join(',') }};{% endfor %}{% for x in users|groupby('group') %}{{ x.grouper }}{{ x.list|length }}{% endfor %} {{ users|groupby('group')|map('first')|list }}",
    "x:bob,cid;y:ann;x2y1 ['x', 'y']",
  ],
  [
    "{{ {'b':1,'a':2,'C':0}|dictsort }} {{ {'b':1,'a':2}|dictsort(by='value') }} {{ {'b':1,'A':2}|dictsort(true) }} {{ {'b':1,'a':2}|dictsort(reverse=true) }} {{ d|items|list }}",
    "[('a', 2), ('b', 1), ('C', 0)] [('b', 1), ('a', 2)] [('A', 2), ('b', 1)] [('b', 1), ('a', 2)] [('a', 1), ('b', {'c': 'x', 'l': ['p', 'q']}), ('_stamp', 'now'), ('n', None)]",
  ],
  [
    "{{ 3.7|int }} {{ '42'|int }} {{ 'abc'|int }} {{ 'abc'|int(-1) }} {{ '0x1f'|int(base=16) }} {{ '11'|int(base=2) }} {{ '3.9'|int }} {{ ' 7 '|int }} {{ none|int }} {{ true|int }} {{ '1_000'|int }} {{ '1e3'|int }} {{ '20240203100010123456'|int }} {{ []|int }}",
    '3 42 0 -1 31 3 3 7 0 1 1000 1000 20240203100010123456 0',
  ],
  [
    "{{ '3.5'|float }} {{ 3|float }} {{ 'abc'|float }} {{ 'abc'|float(1.5) }} {{ '1e3'|float }} {{ 'inf'|float }} {{ none|float }} {{ ' 2 '|float }} {{ '.5'|float }} {{ '5.'|float }}",
    '3.5 3.0 0.0 1.5 1000.0 inf 0.0 2.0 0.5 5.0',
  ],
  [
    "{{ 2.5|round }} {{ 3.5|round }} {{ 2.675|round(2) }} {{ 42.55|round(1) }} {{ 42.55|round(1, 'floor') }} {{ 42.55|round(1,'ceil') }} {{ 42|round }} {{ 42.4|round|int }} {{ 1234|round(-2) }} {{ -2.5|round }} {{ 1.005|round(2) }} {{ 0.5|round }} {{ 1.5|round }}",
    '2.0 4.0 2.67 42.5 42.5 42.6 42 42 1200 -2.0 1.0 0.0 2.0',
  ],
  ['{{ -5|abs }} {{ -5.5|abs }} {{ 5|abs }} {{ -1.0|abs }} {{ true|abs }}', '5 5.5 5 1.0 1'],
  [
    "{{ 1000|filesizeformat }} {{ 1|filesizeformat }} {{ 500|filesizeformat }} {{ 1500000|filesizeformat }} {{ 1024|filesizeformat(true) }} {{ 1048576|filesizeformat(true) }} {{ 1e10|filesizeformat }} {{ 0|filesizeformat }} {{ '2000'|filesizeformat }}",
    '1.0 kB 1 Byte 500 Bytes 1.5 MB 1.0 KiB 1.0 MiB 10.0 GB 0 Bytes 2.0 kB',
  ],
  [
    "{{ 'hello world'|replace('o', '0') }} {{ 'aaa'|replace('a','b',1) }} {{ 'aaa'|replace('a','b',count=2) }} {{ 5|replace('5','6') }}",
    'hell0 w0rld baa bba 6',
  ],
  [
    "{{ 'foo bar baz qux'|truncate(9) }} {{ 'foo bar baz qux'|truncate(9, true) }} {{ 'foo bar baz qux'|truncate(11) }} {{ 'foo bar baz qux'|truncate(11, false, '...', 0) }} {{ 'short'|truncate }} {{ 'foo bar baz'|truncate(6, leeway=0, end='!') }}",
    'foo... foo ba... foo bar baz qux foo bar... short foo!',
  ],
  [
    "{{ 'a\\nb\\n\\nc'|indent }}|{{ 'a\\nb'|indent(2, true) }}|{{ 'a\\n\\nb'|indent(2, blank=true) }}|{{ 'a\\nb'|indent('>>') }}|{{ 'a\\nb'|indent(width=1, first=true) }}",
    'a\n    b\n\n    c|  a\n  b|a\n  \n  b|a\n>>b| a\n b',
  ],
  [
    "{{ 'hello world foo'|wordwrap(8) }}|{{ 'abcdefghijkl'|wordwrap(5) }}|{{ 'abcdefghijkl'|wordwrap(5, false) }}|{{ 'a b\\nc d'|wordwrap(3, wrapstring='|') }}|{{ 'foo-bar baz'|wordwrap(5) }}",
    'hello\nworld\nfoo|abcde\nfghij\nkl|abcdefghijkl|a b|c d|foo-\nbar\nbaz',
  ],
  [
    "{{ 'foo bar, baz'|wordcount }} {{ '<b>x &amp; y</b>'|striptags }} {{ '<a>&\"\\''|escape }} {{ '<a>'|e }} {{ '<a>'|forceescape }} {{ '<a>'|safe }} {{ 5|string }} {{ d|string|length }} {{ none|string }}",
    '3 x & y &lt;a&gt;&amp;&#34;&#39; &lt;a&gt; &lt;a&gt; <a> 5 70 None',
  ],
  [
    "{{ {'a':1,'b':none,'c':'<'}|xmlattr }} {{ {'a':1}|xmlattr(false) }} {{ 'a b/c?d=é&'|urlencode }} {{ {'a':1,'b':'x y/z'}|urlencode }} {{ [('a',1)]|urlencode }}",
    ' a="1" c="&lt;" a="1" a%20b/c%3Fd%3D%C3%A9%26 a=1&b=x+y%2Fz a=1',
  ],
  [
    "{{ '%s-%s'|format('a', 1) }} {{ '%(x)s'|format(x=1) }} {{ 'hello'|attr('upper') is callable }} {{ d|pprint }} {{ [1,2]|pprint }} {{ 'a'|pprint }}",
    "a-1 1 True {'_stamp': 'now', 'a': 1, 'b': {'c': 'x', 'l': ['p', 'q']}, 'n': None} [1, 2] 'a'",
  ],
  [
    "{{ 5 is even }} {{ 4 is even }} {{ 3 is odd }} {{ 9 is divisibleby 3 }} {{ 9 is divisibleby(2) }} {{ 'a' is string }} {{ 1 is number }} {{ 1.0 is number }} {{ true is number }} {{ 1 is integer }} {{ true is integer }} {{ 1.0 is float }} {{ true is boolean }} {{ none is none }} {{ [] is iterable }} {{ 5 is iterable }} {{ 'a' is iterable }} {{ d is mapping }} {{ [] is mapping }} {{ [] is sequence }} {{ d is sequence }} {{ 'a' is sequence }} {{ 5 is sequence }} {{ 'a' is lower }} {{ 'A' is upper }} {{ '1' is lower }}",
    'False True True True False True True True True True False True True True True False True True False True True True False True True False',
  ],
  [
    "{{ 1 is eq 1 }} {{ 1 is equalto 2 }} {{ 1 is ne 2 }} {{ 2 is gt 1 }} {{ 2 is ge 2 }} {{ 1 is lt 2 }} {{ 2 is le 1 }} {{ 2 is greaterthan 1 }} {{ 1 is lessthan 2 }} {{ 1 is in [1,2] }} {{ 3 is not in [1] }} {{ none is sameas none }} {{ true is sameas true }} {{ 1 is sameas true }} {{ 1 is true }} {{ true is true }} {{ false is false }} {{ 'upper' is filter }} {{ 'nope' is filter }} {{ 'odd' is test }} {{ range is callable }} {{ 'a' is callable }} {{ 'x' is escaped }}",
    'True False True True True True False True True True True True True False False True True True False True True False False',
  ],
  [
    "{% for i in [1,2,3] %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.depth0 }}{{ loop.cycle('a','b') }};{% endfor %}",
    '1032TrueFalse310a;2121FalseFalse310b;3210FalseTrue310a;',
  ],
  [
    "{% for i in [1,1,2] %}{{ loop.changed(i) }}{{ loop.previtem|default('-') }}{{ loop.nextitem|default('-') }};{% endfor %}",
    'True-1;False12;True1-;',
  ],
  [
    '{% for i in [] %}x{% else %}empty{% endfor %}{% for i in [1,2,3] if i > 5 %}x{% else %}none{% endfor %}',
    'emptynone',
  ],
  [
    '{% for i in [1,2,3,4] if i is odd %}{{ loop.index }}/{{ loop.length }}:{{ i }} {% endfor %}',
    '1/2:1 2/2:3 ',
  ],
  [
    '{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}{% for k in d %}{{ k }}{% endfor %}{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}',
    "a=1;b={'c': 'x', 'l': ['p', 'q']};_stamp=now;n=None;ab_stampn123",
  ],
  [
    "{% for c in 'abc' %}{{ c }}-{% endfor %}{% for i in range(3) %}{{ i }}{% endfor %}{% for i in range(5, 0, -2) %}{{ i }}{% endfor %}{% for x in 1, 2 %}{{ x }}{% endfor %}",
    'a-b-c-01253112',
  ],
  [
    '{% for i in [1,2,3] %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}{% for i in [1,2,3] %}{% if i == 2 %}{% break %}{% endif %}{{ i }}{% endfor %}',
    '131',
  ],
  [
    '{% for i in [1,2] %}{% for j in [3,4] %}{% if j == 4 %}{% break %}{% endif %}{{ i }}{{ j }} {% endfor %}{{ loop.index }}{% endfor %}',
    '13 123 2',
  ],
  [
    '{% for i in [1,[2,[3]]] recursive %}{% if i is number %}{{ i }}@{{ loop.depth }}{% else %}({{ loop(i) }}){% endif %}{% endfor %}',
    '1@1(2@2(3@3))',
  ],
  [
    '{% set x = 1 %}{% for i in [1] %}{% set x = 2 %}{{ x }}{% endfor %}{{ x }}{% if true %}{% set x = 3 %}{% endif %}{{ x }}',
    '213',
  ],
  [
    "{% for i in [1,2] %}{{ q|default('u') }}{% set q = i %}{{ q }}{% endfor %}{{ q is defined }}",
    'u1u2False',
  ],
  ["{% set x = x|default('unset') %}{{ x }}{% set d = d.a %}{{ d }}", 'unset1'],
  [
    '{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set (c, e) = [3, 4] %}{{ c }}{{ e }}{% set tt = 1, 2 %}{{ tt }}{% set z = () %}{{ z }}',
    '1234(1, 2)()',
  ],
  [
    "{% set x %}hello {{ d.a }}{% endset %}{{ x }}{{ x|length }}{% set y | upper %}abc{% endset %}{{ y }}{% set z|replace('a','b')|upper %}aaa{% endset %}{{ z }}",
    'hello 17ABCBBB',
  ],
  [
    "{% set ns = namespace(a=1) %}{% set ns.b = 2 %}{% for i in [1,2] %}{% set ns.a = ns.a + i %}{% endfor %}{{ ns.a }}{{ ns.b }}{% set ns2 = namespace({'q': 1}, r=2) %}{{ ns2.q }}{{ ns2.r }}",
    '4212',
  ],
  [
    '{% with a = 1, b = 2 %}{{ a }}{{ b }}{% set c = 3 %}{{ c }}{% endwith %}{{ a is defined }}{{ c is defined }}{% with %}{% set z = 1 %}{{ z }}{% endwith %}',
    '123FalseFalse1',
  ],
  [
    "{% macro m(a, b=2, c='x') %}[{{ a }}{{ b }}{{ c }}]{% endmacro %}{{ m(1) }}{{ m(1, c=5) }}{{ m(a=1, b=3) }}{{ m('q', 'r', 's') }}{{ m.name }}{{ m.arguments }}",
    "[12x][125][13x][qrs]m('a', 'b', 'c')",
  ],
  [
    "{% macro m(a) %}{{ a|default('none') }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m() }}{{ m(1,2,3) }}{{ m(1, x=2) }}",
    "none(){}1(2, 3){}1(){'x': 2}",
  ],
  [
    "{% macro outer() %}<{{ caller('x') }}>{% endmacro %}{% call(v) outer() %}in{{ v }}{{ d.a }}{% endcall %}{% macro o2(t) %}{{ t }}{{ caller() }}{% endmacro %}{% call o2('T') %}body{% endcall %}",
    '<inx1>Tbody',
  ],
  [
    '{% macro fact(n) %}{% if n <= 1 %}1{% else %}{{ n * fact(n-1)|int }}{% endif %}{% endmacro %}{{ fact(5) }}',
    '120',
  ],
  ['{% macro m() %}{{ later }}{% endmacro %}{% set later = 5 %}{{ m() }}', '5'],
  [
    "{% macro m(x) %}{% set y = x %}{{ y }}{% endmacro %}{{ m(1) }}{{ y is defined }}{{ m(1) ~ 'a' }}{{ m(2)|length }}{{ m(2) == '2' }}",
    '1False1a1True',
  ],
  [
    "{% filter upper %}abc {{ d.a }}{% endfilter %}{% filter replace('a','b')|upper %}aac{% endfilter %}",
    'ABC 1BBC',
  ],
  ['{% raw %}{{ x }}{% if %}{% endraw %}|{%- raw -%}  a  {%- endraw -%}  b', '{{ x }}{% if %}|ab'],
  [
    'a {%- if true -%}  b  {%- endif -%} c {{- 1 -}} d {#- c -#} e {%+ if true +%} f {% endif %}',
    'abc1de  f ',
  ],
  ['{# comment {{ x }} #}a{# multi\nline #}b', 'ab'],
  ["{{ \"}}\" }}{{ '{%' }}{{ {'a': {'b': 1}} }}{{ {'a': {'b': {}}}}}", "}}{%{'a': {'b': 1}}{'a': {'b': {}}}"],
  [
    '{% if 1 %}a{% elif 1 %}b{% else %}c{% endif %}{% if 0 %}a{% elif 1 %}b{% endif %}{% if 0 %}a{% else %}c{% endif %}',
    'abc',
  ],
  ["{% if l and d.a == 1 and 'x' not in d %}ok{% endif %}{% if (1, 2) %}t{% endif %}", 'okt'],
  [
    "{{ range(5)|list }} {{ range(2, 8, 3)|list }} {{ range(3) }} {{ range(5)|length }} {{ range(5)[2] }} {{ 3 in range(5) }} {{ dict(a=1, b='x') }} {{ dict([('a', 1)]) }} {{ dict({'z': 1}, y=2) }}",
    "[0, 1, 2, 3, 4] [2, 5] range(0, 3) 5 2 True {'a': 1, 'b': 'x'} {'a': 1} {'z': 1, 'y': 2}",
  ],
  [
    "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{% do c.reset() %}{{ c.current }}{% set j = joiner('|') %}{{ j() }}x{{ j() }}y{{ j() }}",
    'ababax|y|',
  ],
  ['{% do l.append(9) %}{{ l }}', '[1, 2, 3, 9]'],
  [
    "{{ (1, 2)|join('-') }}{{ {'a': 1}.a }}{{ [1,2,3][-1] }}{{ 'abc'[1] }}{{ (1,2,3)[1:] }}{{ [[1,2],[3]][0][1] }}",
    '1-213b(2, 3)2',
  ],
  [
    "{{ {'a': 1}['zz'] is defined }}{{ d['items'] is defined }}{{ d.items is callable }}{{ dd['items'] }}{{ dd.items is callable }}{{ dd.get('keys') }}",
    'FalseTrueTrue5True[1]',
  ],
  ["{{ d._stamp }} {{ d['_stamp'] }}", 'now now'],
  ["{{ 'abc'['upper']() }} {{ 'abc'['zz'] is defined }} {{ 5['a'] is defined }}", 'ABC False False'],
  ['{{ none.a is defined }}', 'False'],
  ['{{ 5.a is defined }}', 'False'],
  ["{{ l.zz is defined }} {{ l['zz'] is defined }} {{ s.zz is defined }}", 'False False False'],
  [
    "{{ -1|abs }} {{ 'a'|upper ~ 'b' }} {{ ('a' ~ 'b')|upper }} {{ 1 + 2|int }} {{ [1,2]|first + 1 }} {{ not true|int }} {{ 3 == 2|int + 1 }}",
    '1 Ab AB 3 2 False True',
  ],
  [
    "{{ 'a'|upper|lower|capitalize }} {{ 'a b'|replace(' ', '_')|upper }} {{ l|map('string')|map('length')|list }} {{ (l|length) * 2 }} {{ l|length > 2 }}",
    'A A_B [1, 1, 1] 6 True',
  ],
  [
    "{{ d.b.l|join(' ')|upper }} {{ 'x,y'.split(',')|map('upper')|join('+') }} {{ tag.split('/')[2] }} {{ tag.split('/')[-1] }} {{ tag.split('/')|last }} {{ tag.startswith('salt/') and tag.endswith('web1') }}",
    'P Q X+Y web1 web1 web1 True',
  ],
  ['{% block b %}in block {{ d.a }}{% endblock %}{{ self.b() }}', 'in block 1in block 1'],
  ['{% block a %}{% for x in [1] %}{% block c scoped %}{{ x }}{% endblock %}{% endfor %}{% endblock %}', '1'],
  ["{% print 1, 2 %}{% print 'a' %}", '12a'],
  [
    "{% set x = 'a' if d.a else 'b' %}{{ x }}{% set y = [1, 2] + [3] %}{{ y }}{% set z = d.b.l|first %}{{ z }}",
    'a[1, 2, 3]p',
  ],
  ['{% for x in l if x != 2 %}{% set lp = loop %}{{ loop.index }}{% endfor %}', '12'],
  [
    '{% for row in [[1,2],[3,4]] %}{% set outer = loop %}{% for c in row %}{{ outer.index }}{{ loop.index }}{{ c }} {% endfor %}{% endfor %}',
    '111 122 213 224 ',
  ],
  [
    "{{ 'a,b;c'.replace(',', ';').split(';') }}{{ 'x'.join(['1','2','3']) }}{{ '/'.join(tag.split('/')[1:]) }}",
    "['a', 'b', 'c']1x2x3minion/web1",
  ],
  [
    "{{ {'a':1}.items()|list|first|last }}{{ d.b.l[1:]|length }}{{ d|dictsort|first }}",
    "11('_stamp', 'now')",
  ],
  ['{{ 3 | default(1) | string | length }}', '1'],
  ["{{ [1,2] is in [[1,2]] }} {{ 'a' is in 'abc' }}", 'True True'],
  [
    '{{ 1.0|int }} {{ 1e3|int }} {{ 1e20|int }} {{ 10**25 }} {{ 1.5|string }} {{ 1e-7 }} {{ 5e-324 }} {{ 1.7976931348623157e308 }} {{ 1e22 }} {{ 1e21 + 1 }}',
    '1 1000 100000000000000000000 10000000000000000000000000 1.5 1e-07 5e-324 1.7976931348623157e+308 1e+22 1e+21',
  ],
  [
    "{{ 'abc'|batch(2)|list }} {{ 'a'|list }} {{ ''|list }} {{ d|first }} {{ d|last }} {{ d|join(',') }}",
    "[['a', 'b'], ['c']] ['a'] [] a n a,b,_stamp,n",
  ],
  [
    "{{ users[0].name }} {{ users[0]['name'] }} {{ users|length }} {{ users|map(attribute='name')|map('upper')|sort(reverse=true)|join(' ') }} {{ users|selectattr('name', 'in', ['ann'])|list|length }}",
    'bob bob 3 CID BOB ANN 1',
  ],
  ['{% if not d.zz is defined %}u{% endif %}{% if d.zz is not defined or d.zz == 1 %}v{% endif %}', 'uv'],
  [
    '{% set x = none %}{% if x is none %}N{% endif %}{{ x is not none }}{% if x == none %}E{% endif %}',
    'NFalseE',
  ],
  ['{{ 1 }}', '1'],
];
