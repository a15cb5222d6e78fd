x:
  runner.test.arg:
    - arg: [{{ data.yes }}, {{ data.octal }}, {{ data.n }}, {{ data.version }}, "{{ data.comma }}", {{ data.i }}, {{ data.fl }}]
    - kwarg: {a: {{ data.yes }}, b: {{ data.id }}, c: '{{ data.no }}', d: {{ data.flw }}}
