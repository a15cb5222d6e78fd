deploy_app:
  runner.state.orchestrate:
    - args:
        - mods: deploy
        - pillar:
            {{ data.post|yaml(False)|indent(12) }}
