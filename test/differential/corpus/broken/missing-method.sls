a: runner.x.{{ data.id.nomethod() }}
