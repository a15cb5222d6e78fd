x:
  runner.test.arg:
    - args: "[{a: 1}, {b: 2}]"
y:
  runner.test.arg:
    - args:
      - name: {{ data.word }}
      - more: {{ data.list | json }}
z:
  runner.test.arg:
    - args: {{ data.text | load_yaml }}
