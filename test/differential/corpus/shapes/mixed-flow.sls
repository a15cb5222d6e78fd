a: {local.test.ping: [{tgt: x}, {args: [{a: 1}, {b: [1, 2, {c: d}]}]}]}
