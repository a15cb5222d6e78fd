{% do nope.append(1) %}
