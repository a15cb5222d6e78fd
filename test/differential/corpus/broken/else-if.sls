{% if false %}{% else if true %}a: runner.x.y{% endif %}
