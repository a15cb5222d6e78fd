a:
 local.test.ping:
 - tgt: x
 - args:
  - a: 1
