x:
  runner.test.arg:
    - args: '{{ data.text | replace("\n", "") }}'
