a:
  runner.test.arg: [{x: "{{ grains is mapping }}"}, {p: "{{ pillar|length }}"}, {o: "{{ opts is mapping }}"}]
