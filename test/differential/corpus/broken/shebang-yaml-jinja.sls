#!yaml|jinja
a: runner.x.y
