a:
  local.test.kwarg:
    - tgt: x
    - kwarg: {
        "a": 1,
        'b': [1,
          2],
        c: {d: "{{ data.id }}"}
      }
