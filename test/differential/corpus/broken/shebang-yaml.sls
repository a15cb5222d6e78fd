#!yaml
a: runner.x.{y}
b: {runner.x.y: [{a: "{{ data.id }}"}]}
