{% extends 'reactor/base.sls' %}
{% block args %}
    - args:
      - child: {{ data.id }}
{{ super() }}
{%- endblock %}
