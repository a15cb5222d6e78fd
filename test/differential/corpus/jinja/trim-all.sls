{%- set x = 1 -%}
a:
{{- ' ' -}}
runner.test.arg
