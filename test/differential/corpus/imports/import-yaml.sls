{% import_yaml 'reactor/values.yaml' as values %}
{% for env, conf in values.environments.items() %}
{{ env }}:
  local.state.apply:
    - tgt: {{ conf.target }}
    - args:
      - mods: {{ conf.mods|json }}
      - flags: {{ conf.flags }}
{% endfor %}
