{% include ['nope.sls', 'reactor/part.sls'] %}
