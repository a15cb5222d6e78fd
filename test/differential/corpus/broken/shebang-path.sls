#!/usr/bin/env python
a: runner.x.{{ data.id }}
