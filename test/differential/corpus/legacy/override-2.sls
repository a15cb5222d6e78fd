one:
  runner.salt.cmd:
    - fun: test.ping
    - name: x
    - a: 1
    - a: 2
