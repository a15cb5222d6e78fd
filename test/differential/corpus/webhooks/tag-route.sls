{% set route = tag.replace('salt/netapi/hook/', '').split('/') %}
{% if route[0] == 'deploy' and route|length == 3 %}
deploy_{{ route[1] }}_{{ route[2] }}:
  runner.state.orch:
    - args:
      - mods: orch.{{ route[1:]|join('.') }}
{% elif route[0] == 'deploy' %}
incomplete:
  runner.test.arg:
    - args:
      - route: {{ route }}
{% endif %}
