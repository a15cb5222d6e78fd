a:
  local.test.ping:
    - tgt: {{ data.id }}
{% if true %}
    - b: |
        one
        {{ data.id }}
{% endif %}
