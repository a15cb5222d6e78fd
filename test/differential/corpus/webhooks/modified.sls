{%- set touched = [] -%}
{%- for commit in data.post.commits|default([]) -%}
  {%- for kind in ('added', 'modified', 'removed') -%}
    {%- for path in commit[kind] -%}
      {%- do touched.append(path) if path not in touched -%}
    {%- endfor -%}
  {%- endfor -%}
{%- endfor -%}
{%- if touched|select('equalto', 'top.sls')|list %}
top_changed:
  runner.test.arg:
    - args:
      - files: {{ touched|tojson }}
      - sorted: {{ touched|sort|tojson }}
{%- endif %}
