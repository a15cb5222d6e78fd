{% for a in [1] %}{% endif %}
