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


def answer(wait=60):
    event = bus.get_event(wait=wait, tag="done/", full=True)
    return None if event is None else event["data"]["n"]


# The first reactions load modules.
for n in range(5):
    fire(n)
    answer()

if mode == "rate":
    begun = time.monotonic()
    for n in range(count):
        fire(n)
    answered = 0
    ended = begun
    while answered < count and answer(wait=20) is not None:
        answered += 1
        ended = time.monotonic()
    if answered == 0:
        sys.exit("the reactor does not answer")
    print(json.dumps({"rate": answered / (ended - begun), "lost": count - answered}))
else:
    # Numbers of their own: answers to earlier events may still come.
    latencies = []
    for n in range(1_000_000, 1_000_000 + count):
        begun = time.monotonic()
        fire(n)
        found = answer(wait=5)
        while found is not None and found != n:
            found = answer(wait=5)
        if found == n:
            latencies.append((time.monotonic() - begun) * 1000)
    if not latencies:
        sys.exit("the reactor does not answer")
    print(json.dumps({"latencies": latencies}))
