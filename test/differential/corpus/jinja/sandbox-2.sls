a:
  runner.test.arg:
    - x: "{{ data.__class__ }}"
