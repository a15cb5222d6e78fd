{% for host in ['web1', 'a', 'm'] %}
r_{{ host }}:
  local.test.ping:
    - tgt: {{ host }}
    - names: [n1, {n2: [{x: 1}]}]
{% endfor %}
