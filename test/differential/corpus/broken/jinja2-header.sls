#jinja2: {"trim_blocks": true}
a: runner.x.{{ data.id }}
