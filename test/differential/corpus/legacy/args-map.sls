one:
  local.test.kwarg:
    - tgt: a
    - args:
        foo: bar
        n: {{ data.n }}
        list: {{ data.list }}
