"""What people write with Salt's event library, step by step; each step says when it listens."""

import fnmatch
import json
import sys

import salt.config
import salt.utils.event

folder = sys.argv[1]
opts = salt.config.master_config(folder + "/master")


def say(step, value):
    print(json.dumps([step, value], default=str), flush=True)


def bus():
    event = salt.utils.event.get_event("master", sock_dir=opts["sock_dir"], opts=opts, listen=True)
    event.connect_pub()
    return event


event = bus()
say("listening", "auth")
say("auth", event.get_event(wait=10, tag="salt/auth"))

event.subscribe("my/")
say("listening", "full")
say("full", event.get_event(wait=10, tag="my/", full=True))

say("listening", "returns")
for found in event.iter_events(tag="salt/job", full=True):
    if fnmatch.fnmatch(found["tag"], "salt/job/*/ret/*"):
        say("returns", found)
        break

with salt.utils.event.get_master_event(opts, opts["sock_dir"], listen=False) as sender:
    say("fired", sender.fire_event({"deployed": True, "n": 7}, "my/script/done"))

minion_opts = salt.config.minion_config(folder + "/minion")
with salt.utils.event.MinionEvent(minion_opts, listen=False) as sender:
    say("fired on the minion", sender.fire_event({"where": "minion"}, "my/minion/tag"))
    say("sent to the master", sender.fire_master({"from": "script"}, "my/script/sent"))
