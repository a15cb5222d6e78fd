x:
  local.file.write:
    - tgt: '*'
    - args:
      - ? |
          complex
        : value
