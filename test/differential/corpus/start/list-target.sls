pair:
  local.test.ping:
    - tgt:
      - {{ data.id }}
      - monitor1
    - tgt_type: list
