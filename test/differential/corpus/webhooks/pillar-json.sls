deploy_app:
  runner.state.orchestrate:
    - args:
        - mods: orchestrate.deploy_app
        - pillar:
            event_tag: {{ tag }}
            event_data: {{ data['post']|json() }}
