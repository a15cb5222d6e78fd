a:
  runner.test.arg: [{x: "{{ salt['pillar.get']('a:b', 'dflt') }}"}, {y: "{{ salt.pillar.get('z', [1]) }}"}]
