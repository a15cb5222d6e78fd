result:
  runner.test.arg:
    - args:
      - result: {{ data.result }}
      - quoted: '{{ data.result }}'
      - negated: {{ not data.result }}
      - both: {{ data.result and data.id }}
      - either: {{ data.result or 'nope' }}
