go:
  runner.state.orchestrate:
    - args:
      - mods: orch.x
      - saltenv: {{ saltenv }}
      - sls: "{{ sls }}"
