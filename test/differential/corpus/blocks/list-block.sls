x:
  runner.test.arg:
    - list:
      {{ data.list|yaml(false)|indent(6) }}
