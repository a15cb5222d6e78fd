{% include 'reactor/part.sls' without context %}
