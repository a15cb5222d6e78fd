{% for host in data.hosts %}
ping_{{ host }}:
  local.test.ping:
    - tgt: {{ host }}
    - order: {{ loop.index }}
{% endfor %}
