a:
  local.test.ping:
    - tgt: x
    {# - x: {{ data.not_there }} #}
    # {% if data.id == 'm1' %}
    - y: 1
    # {% endif %}
    # - z: {{ data.id }}
