{% set pillar = {} %}
{% do pillar.update({'tag': tag}) %}
{% for key in ['app', 'version', 'replicas'] if key in data.post %}
{% do pillar.update({key: data.post[key]}) %}
{% endfor %}
orch:
  runner.state.orchestrate:
    - args:
      - mods: x
      - pillar: {{ pillar|yaml }}
