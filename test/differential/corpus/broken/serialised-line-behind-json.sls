x:
  local.test.arg:
    - tgt: '*'
    - a: {{ tag | yaml_dquote }}
        more
