{% for item in data.data.list %}
open_{{ item.name }}_{{ item.port }}:
  local.firewalld.add_port:
    - tgt: {{ data.data.group }}*
    - args:
        zone: public
        port: {{ item.port }}/tcp
        permanent: {{ data.data.enabled|default(false) }}
{% endfor %}
