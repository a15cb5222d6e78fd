a:
  local.test.kwarg:
    - tgt: x
    - text: "{% raw %}{{ not.rendered }} {% also %}{% endraw %}"
