# head
a:  # id
  local.test.ping:  # fun
    # between
    - tgt: x  # tgt
    - b: 'x # not a comment'
    - c: x#y
    # {{ data.id }} in a comment
    - d: "#"
