one:
  local.test.ping:
    - tgt: a
    - state: runner
two:
  local.test.ping:
    - tgt: a
    - name: other
    - __id__: three
four:
  local.test.ping:
    - tgt: a
    - fun: test.fib
    - fun: x.y
