#!jinja|yaml
a: runner.x.{{ data.id }}
