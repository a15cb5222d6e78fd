{% set payload = {'id': data.id, 'ok': data.get('success', False), 'args': data.fun_args} %}
whole:
  runner.state.orchestrate:
    - mods: orch.after
    - pillar: {{ payload|tojson }}
