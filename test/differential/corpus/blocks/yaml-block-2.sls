x:
  runner.test.arg:
    - pillar:
        {{ data.json|yaml(false)|indent(8) }}
    - more: 1
