{% if data.fun == 'disk.usage' %}
{% for mount, usage in data['return'].items() if usage.capacity.rstrip('%')|int > 90 %}
clean_{{ loop.index }}:
  local.cmd.run:
    - tgt: {{ data.id }}
    - arg:
      - find {{ mount }}tmp -mtime +{{ 7 * loop.index }} -delete
{% endfor %}
{% endif %}
