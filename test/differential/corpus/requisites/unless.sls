a:
  local.test.ping:
    - tgt: x
    - unless: test -e /x
    - onlyif:
      - ls
