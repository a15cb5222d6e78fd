a:
  local.x.y:
    - order: 1.0
    - tgt: x
b:
  local.x.y:
    - order: -1.0
    - tgt: x
c:
  local.x.y:
    - order: 2
    - tgt: x
d:
  local.x.y:
    - order: .inf
    - tgt: x
e:
  local.x.y:
    - order: 5.0
    - names: [a, b]
    - tgt: x
...
...
