{% set table = {'pend': 'accept', 'denied': 'delete_denied', 'delete': none} %}
{% set action = table.get(data.act) %}
{% if action %}
handle:
  wheel.key.{{ action }}:
    - match: {{ data.id }}
{% endif %}
