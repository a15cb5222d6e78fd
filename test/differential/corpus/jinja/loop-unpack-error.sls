{% for k, v in data.map %}
k_{{ k }}: {runner.test.arg: [{v: {{ v }}}]}
{% endfor %}
