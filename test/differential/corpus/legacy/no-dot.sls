a: runner
