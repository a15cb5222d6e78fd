{% if data.pub is defined %}
keep_key:
  runner.test.arg:
    - args:
      - pub: {{ data.pub|json }}
      - lines: {{ data.pub.splitlines()|length }}
      - second: {{ data.pub.split('\n')[1] }}
{% endif %}
