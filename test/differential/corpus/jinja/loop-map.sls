{% for k, v in data.map.items() %}
k_{{ k }}: {runner.test.arg: [{v: {{ v }}}]}
{% endfor %}
{% for k in data.map %}
j_{{ k }}: {runner.test.arg: [{v: {{ data.map[k] }}}]}
{% endfor %}
{% for k, v in data.map|dictsort(by='value') %}
s_{{ k }}: {runner.test.arg: [{v: {{ v }}, i: {{ loop.index }}}]}
{% endfor %}
