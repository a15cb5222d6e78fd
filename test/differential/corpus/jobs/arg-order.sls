{% set map = {'b': 1, 'a': 2, 5: 1e16, 'c': {'z': 0.5, 'y': none, 'x': 1e-7}} %}
json:
  local.test.arg:
    - tgt: '*'
    - arg: {{ map | json }}
kept:
  local.test.arg:
    - tgt: '*'
    - arg: {{ map | json(sort_keys=false) }}
plain:
  local.test.arg:
    - tgt: '*'
    - arg: {{ {'b': 1, 'a': {'z': 1, 'y': (1, 2)}} | yaml }}
html:
  local.test.arg:
    - tgt: '*'
    - arg: {{ {'b': 1, 'a': 2} | tojson }}
params:
  local.test.arg:
    - tgt: '*'
    - arg: {{ {'b': 1, 'a': {'z': 1, 'y': 2}} | dict_to_sls_yaml_params(true) }}
