"""Fires events at a running salt-master and waits for its reactor's answers, with Salt's own event library.

Usage: salt_events.py CONFIG_DIR rate COUNT | latency COUNT. Prints one JSON object.
"""

import json
import sys
import time

import salt.config
import salt.utils.event

folder, mode, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
opts = salt.config.master_config(folder + "/master")
bus = salt.utils.event.get_event("master", sock_dir=opts["sock_dir"], opts=opts, listen=True)
bus.connect_pub()
bus.subscribe("done/")


def fire(n):
    data = {"n": n, "id": "web%d.example.com" % (n % 100), "state": "down"}
    if not bus.fire_event(data, "bench/%d" % (n % 16)):
        sys.exit("the master does not take events")


def answer():
    event = bus.get_event(wait=60, tag="done/", full=True)
    if event is None:
        sys.exit("an answer of the reactor is missing")
    return event["data"]["n"]


# The first reactions load modules.
for n in range(5):
    fire(n)
    answer()

if mode == "rate":
    begun = time.monotonic()
    for n in range(count):
        fire(n)
    for _ in range(count):
        answer()
    print(json.dumps({"rate": count / (time.monotonic() - begun)}))
else:
    latencies = []
    for n in range(count):
        begun = time.monotonic()
        fire(n)
        if answer() != n:
            sys.exit("an answer to another event")
        latencies.append((time.monotonic() - begun) * 1000)
    print(json.dumps({"latencies": latencies}))
