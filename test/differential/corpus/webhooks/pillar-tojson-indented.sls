deploy_app:
  runner.state.orchestrate:
    - mods: orchestrate.deploy_app
    - kwarg:
        pillar:
          event_data: {{ data|tojson }}
          headers: {{ data.headers|tojson(indent=2)|indent(12) }}
