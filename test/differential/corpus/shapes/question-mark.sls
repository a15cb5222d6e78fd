a:
  local.test.kwarg:
    - tgt: 'web?'
    - kwarg: {a: what?, b: ?x, c: -1, d: - }
