{% for x in range(10000000) %}a{% endfor %}
