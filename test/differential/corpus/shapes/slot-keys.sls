{{ data.id }}:
  local.test.{{ 'ping' }}:
    - tgt: x
{{ data.id }}-{{ data.n }}:
  {{ 'local.test.ping' }}:
    - {{ data.key }}: v
    - tgt: {{ data.key }}
