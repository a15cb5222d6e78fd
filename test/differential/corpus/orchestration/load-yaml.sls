{% load_yaml as defaults %}
timeout: 30
retries: 3
zones:
  - a
  - b
nested: {x: 1, y: "{{ data.data.group }}"}
{% endload %}
{% do defaults.update({'group': data.data.group}) %}
go:
  runner.state.orchestrate:
    - args:
      - mods: go
      - pillar: {{ defaults|json }}
      - timeout: {{ defaults.timeout }}
      - zones: {{ defaults.zones|join('+') }}
      - y: {{ defaults.nested.y }}
