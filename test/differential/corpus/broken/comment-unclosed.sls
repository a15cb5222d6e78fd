a: runner.x.y {# never
