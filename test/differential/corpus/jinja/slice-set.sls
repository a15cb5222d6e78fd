{% set parts = tag.split('/') %}
{% set first, *rest = parts %}
a: runner.test.arg
