#!json
{"a": {"runner.test.arg": [{"x": "{{ data.id }}", "n": 1.0}]}}
