{% set x += 1 %}
a: runner.x.y
