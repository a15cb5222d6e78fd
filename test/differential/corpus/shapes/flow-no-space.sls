a:
  local.test.kwarg:
    - tgt: x
    - kwarg: {"a":1,"b":{{ data.n }},"c":{"d":"e"}}
