a:
  local.test.ping:
    - tgt: web1
    - names: [{x: [{name: same}, {first: 1}]}, {y: [{name: same}, {second: 2}]}]
