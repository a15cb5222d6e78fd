a: runner.x.{{ 'a' + 1 }}
