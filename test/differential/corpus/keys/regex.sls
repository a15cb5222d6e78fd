{% set parts = data.id|regex_match('([a-z]+)-([0-9]+)') %}
{% if parts %}
named:
  runner.test.arg:
    - args:
      - role: {{ parts[0] }}
      - number: {{ parts[1] }}
      - as_int: {{ parts[1]|int }}
{% else %}
unnamed:
  runner.test.arg:
    - args:
      - id: {{ data.id }}
{% endif %}
