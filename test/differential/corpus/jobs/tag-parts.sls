{% set parts = tag.split('/') %}
parts:
  runner.test.arg:
    - args:
      - jid: {{ parts[2] }}
      - last: {{ parts[-1] }}
      - all: {{ parts[1:] }}
      - joined: {{ parts|join('-') }}
      - verb: {{ (tag.split('/'))[3] }}
