a:
  local.test.kwarg:
    - tgt: x
    - kwarg: {{ data.map }}
    - b: {{ data.map.b }}
    - c: {{ data.map.b.c }}
    - d: "{{ data.map.b.c }}"
    - e: x{{ data.map.b.c }}
