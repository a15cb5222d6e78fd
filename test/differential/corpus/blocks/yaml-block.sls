x:
  runner.test.arg:
    - pillar:
{{ data.json|yaml(False)|indent(8, true) }}
