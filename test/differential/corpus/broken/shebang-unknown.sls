#!nonsense
a: runner.x.{{ data.id }}
