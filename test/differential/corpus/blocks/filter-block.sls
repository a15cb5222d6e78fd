x:
  local.cmd.run:
    - tgt: '*'
    - args:
      - cmd: {% filter upper %}echo {{ data.id }}{% endfilter %}
      - two: '{% filter replace("a", "b") %}banana{% endfilter %}'
