a:
  local.test.kwarg:
    - tgt: x
    - kwarg: {% raw %}{{ x }}{% endraw %}
