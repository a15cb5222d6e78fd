{% import_text 'reactor/note.txt' as note %}
a:
  runner.test.arg: [{note: {{ note|trim|yaml_dquote }}}]
