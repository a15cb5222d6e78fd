{% if data.pub is defined %}
keep_key:
  runner.test.arg:
    - args:
      - pub: "{{ data.pub|replace('\n', ' ') }}"
      - indented: |
          {{ data.pub|indent(10) }}
{% endif %}
