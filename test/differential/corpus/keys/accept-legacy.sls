{% if data.act == 'pend' %}
accept_key:
  wheel.key.accept:
    - match: {{ data.id }}
{% endif %}
