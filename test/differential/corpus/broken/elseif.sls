{% if false %}{% elseif true %}{% endif %}
a: runner.x.y
