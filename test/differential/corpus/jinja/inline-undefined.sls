a:
  runner.test.arg:
    - x: "{{ 'v' if false }}"
