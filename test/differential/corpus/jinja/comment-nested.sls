{# {% if x %} {{ y }} #}
a: runner.test.arg  {# trailing #}
