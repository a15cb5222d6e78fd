{% set l = [] %}{% set d = {} %}
{% do l.append(1) %}{% do l.extend([2, 3]) %}{% do l.insert(0, 0) %}{% set gone = l.pop() %}
{% do d.update(a=1) %}{% do d.setdefault('b', []).append(5) %}{% set _ = d.pop('zz', none) %}
r:
  runner.test.arg: [{l: {{ l }}}, {d: {{ d }}}, {gone: {{ gone }}}]
