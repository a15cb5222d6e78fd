a: runner.x.{{ [1, 'a', none]|sort }}
