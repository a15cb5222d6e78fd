{% load_yaml as settings %}
base: &base {level: info}
copy: *base
merged:
  <<: *base
  more: 1
lists: [&list [a], *list]
{% endload %}
{% do settings.base.update({'level': 'debug'}) %}
{% do settings.lists[0].append('b') %}
show:
  local.test.arg:
    - tgt: {{ data.id }}
    - arg: {{ settings | json }}
