#!jinja|json
{"a": {"runner.test.arg": [{"x": "{{ data.id }}", "n": {{ data.n }}, "l": {{ [1, 2]|json }}}]}}
