x:
  runner.test.arg:
    - args: |
        {{ data.text | indent(8) }}
