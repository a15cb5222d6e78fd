{% import_yaml 'reactor/bad.yaml' as values %}
a: runner.test.arg
