{% set service = data.get('service_name') %}
{% if service and not data[service].running %}
restart:
  local.service.restart:
    - tgt: {{ data.id }}
    - args:
      - name: {{ service }}
{% endif %}
