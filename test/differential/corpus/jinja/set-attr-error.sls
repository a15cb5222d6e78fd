{% set d = {} %}{% set d.x = 1 %}
a: runner.test.arg
