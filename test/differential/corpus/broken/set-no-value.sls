{% set x %}
a: runner.x.y
