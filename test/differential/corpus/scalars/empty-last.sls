x:
  local.test.arg:
    - tgt: [{{ data.empty }}]
    - a: [1, {{ data.empty }}]
    - b: [1, [{{ data.empty }}]]
    - c: [1, '{{ data.empty }}']
    - d: [1, {{ data.empty }} ]
    - e: {a: {{ data.empty }}}
