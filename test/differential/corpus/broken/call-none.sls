a: runner.x.{{ data.id() }}
