x:
  runner.test.arg:
    - {{ {'args': data.text} | json }}
