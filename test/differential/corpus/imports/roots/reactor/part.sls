part_{{ data.id }}:
  runner.test.arg:
    - extra: {{ extra|default('none') }}
