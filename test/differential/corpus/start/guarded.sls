{% if data['id'].startswith('web') %}
update_balancer:
  runner.state.orchestrate:
    - args:
      - mods: orch.balancer
      - pillar:
          event_data: {{ data | json }}
{% endif %}
