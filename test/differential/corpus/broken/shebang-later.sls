
#!yaml
a: runner.x.{{ data.id }}
