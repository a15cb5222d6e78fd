"""Answers what a real Salt compiles: one JSON request per line in, one JSON answer per line out.

Requests:
  {"id", "files": {name: text}, "roots": {name: text}, "tag", "data", "order": [name, ...]}
      -> {"id", "chunks": [...], "calls": [...]} or {"id", "refused": message}; a call for each chunk, see `Calls`
  {"id", "expression", "context", "undefined"?}
      -> {"id", "printed": text} or {"id", "refused": message} or {"id", "slow": true}
  {"id", "names": true} -> {"id", "filters": [...], "tests": [...]}

Values travel as JSON in requests. In answers they carry their Python type, see `encoded`.
"""

import json
import logging
import os
import shutil
import signal
import sys
import tempfile
import types

answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)  # whatever Salt prints must not get between the answers

import salt.client  # noqa: E402
import salt.config  # noqa: E402
import salt.utils.args  # noqa: E402
import salt.utils.reactor  # noqa: E402


EXPRESSION_SECONDS = 2


class TooSlow(BaseException):
    """Python is still computing; there is nothing to compare."""


def give_up(_signal, _frame):
    raise TooSlow


class Refusals(logging.Handler):
    """Keeps what the reactor logs as errors: that is how Salt refuses a file or an event."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.messages = []

    def emit(self, record):
        message = record.getMessage()
        if record.exc_info:
            message += f" {record.exc_info[0].__name__}: {record.exc_info[1]}"
        self.messages.append(message)


def encoded(value):
    """JSON that keeps Python's types apart: int {"i"}, float {"f"}, tuple {"t"}, map {"d"}, bytes {"b"}."""
    if value is None or isinstance(value, (bool, str)):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, int):
        return {"i": str(value)}
    if isinstance(value, float):
        return {"f": repr(value)}
    if isinstance(value, bytes):
        return {"b": value.hex()}
    if isinstance(value, tuple):
        return {"t": [encoded(item) for item in value]}
    if isinstance(value, (list, set, frozenset)):
        return [encoded(item) for item in value]
    if isinstance(value, dict):
        return {"d": [[encoded(key), encoded(item)] for key, item in value.items()]}
    return {"?": type(value).__name__}


class Recorder:
    """Stands where Salt's clients reach the network, and keeps what they are asked for."""

    def __init__(self):
        self.call = None
        self.functions = {}

    def cmd_async(self, tgt, fun, arg=(), tgt_type="glob", ret="", jid="", kwarg=None, **rest):
        timeout = rest.get("timeout")
        if timeout is not None:
            nobody = types.SimpleNamespace(opts={"timeout": None})
            timeout = salt.client.LocalClient._get_timeout(nobody, timeout)
        self.call = {"fun": fun, "tgt": tgt, "tgt_type": tgt_type, "arg": list(arg), "ret": ret}
        self.call.update(timeout=timeout, metadata=rest.get("metadata"))
        self.call["kwarg"] = kwarg if isinstance(kwarg, dict) else {}  # as LocalClient passes over it

    def cmd(self, fun, *arg, **kwarg):
        self.call = {"fun": fun, "arg": list(arg), "kwarg": kwarg}

    def low(self, fun, low):
        if not isinstance(low["kwarg"], dict):
            raise TypeError("argument after ** must be a mapping")  # as where the function is called
        self.call = {"fun": fun, "arg": list(low["arg"]), "kwarg": low["kwarg"], "user": low["__user__"]}


class Functions(dict):
    """Salt's functions by name. Its loader looks through every module again for each unknown name."""

    def __init__(self, loader):
        super().__init__()
        self.loader = loader

    def get(self, name, default=None):
        if name not in self:
            self[name] = self.loader.get(name)
        return self[name]


class Calls:
    """What Salt's own dispatcher makes of low chunks; only the clients at its edge are recorders."""

    def __init__(self, opts):
        import salt.runner
        import salt.wheel

        wrap = salt.utils.reactor.ReactWrap
        self.clients = {kind: Recorder() for kind in wrap.reaction_class}
        self.clients["runner"].functions = Functions(salt.runner.RunnerClient(opts).functions)
        self.clients["wheel"].functions = Functions(salt.wheel.Wheel(opts).functions)
        # What asks for a client of another kind fails as it does in Salt.
        wrap.client_cache = dict(self.clients)
        self.wrap = wrap(opts)
        self.wrap.pool = self

    def fire_async(self, function, args):
        function(*args)
        return True

    def of(self, chunk, refusals):
        refusals.clear()
        for client in self.clients.values():
            client.call = None
        answer = {}
        given = "args" in chunk or ("arg" in chunk and "kwarg" in chunk)
        if chunk["state"] in ("runner", "wheel") and not given:
            answer["signature"] = self.signature(self.clients[chunk["state"]].functions.get(chunk["fun"]))
        try:
            self.wrap.run(chunk)
        except Exception as problem:  # Salt's engine process would die of it
            return {**answer, "refused": f"{type(problem).__name__}: {problem}"}
        calls = [client.call for client in self.clients.values() if client.call is not None]
        if not calls:
            return {**answer, "refused": refusals[0] if refusals else "nothing was called"}
        return {**answer, "call": encoded(calls[0])}

    def signature(self, function):
        spec = None if function is None else salt.utils.args.get_function_argspec(function)
        if spec is None:
            return None
        defaults = list(spec.defaults or ())
        required = len(spec.args) - len(defaults)
        return {
            "required": list(spec.args[:required]),
            "defaults": [[name, encoded(value)] for name, value in zip(spec.args[required:], defaults)],
            "open": spec.keywords is not None,
        }


class Master:
    """A reactor as a master has it, in a folder of its own, without the daemon around it."""

    def __init__(self, folder):
        self.sls = os.path.join(folder, "sls")
        self.roots = os.path.join(folder, "srv")
        os.makedirs(self.sls)
        os.makedirs(self.roots)
        config = os.path.join(folder, "master")
        with open(config, "w", encoding="utf-8") as out:
            json.dump(
                {
                    "root_dir": folder,
                    "id": "brine_master",
                    "user": "root",
                    "file_client": "local",
                    "file_roots": {"base": [self.roots]},
                    "reactor": [],
                    "log_level": "error",
                    "grains_cache": False,
                    "enable_fqdns_grains": False,
                },
                out,
            )
        opts = salt.config.master_config(config)
        opts["__role"] = "master"
        self.reactor = salt.utils.reactor.Reactor(opts)
        self.calls = Calls(opts)
        self.refusals = Refusals()
        logger = logging.getLogger("salt.utils.reactor")
        logger.addHandler(self.refusals)
        # what refuses is read from the records; nothing of it belongs on the terminal
        logger.propagate = False
        logging.getLogger("salt").addHandler(logging.NullHandler())
        logging.getLogger("salt").propagate = False

    def compile(self, request):
        write_all(self.sls, request["files"])
        write_all(self.roots, request.get("roots", {}))
        order = request.get("order") or list(request["files"])
        self.refusals.messages.clear()
        references = [os.path.join(self.sls, name) for name in order]
        chunks = self.reactor.reactions(request["tag"], request["data"], references)
        answer = {"chunks": [encoded(dict(chunk)) for chunk in chunks]}
        if self.refusals.messages:
            answer["refused"] = "; ".join(self.refusals.messages).replace(self.sls + "/", "")
        answer["calls"] = [self.calls.of(chunk, self.refusals.messages) for chunk in chunks]
        return answer

    def environment(self, undefined):
        """Salt's own Jinja environment for SLS files, caught when it renders an empty template."""
        import jinja2.sandbox
        import salt.utils.templates

        caught = []
        plain = jinja2.sandbox.SandboxedEnvironment

        class Catching(plain):
            def from_string(self, *args, **kwargs):
                caught.append(self)
                return super().from_string(*args, **kwargs)

        jinja2.sandbox.SandboxedEnvironment = Catching
        try:
            opts = dict(self.reactor.minion.opts, allow_undefined=undefined)
            salt.utils.templates.render_jinja_tmpl("", {"opts": opts, "saltenv": "", "sls": ""})
        finally:
            jinja2.sandbox.SandboxedEnvironment = plain
        return caught[0]


def write_all(folder, files):
    shutil.rmtree(folder)
    os.makedirs(folder)
    for name, text in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as out:
            out.write(text)


class Answers:
    def __init__(self, master):
        self.master = master
        self.environments = {}
        self.functions = master.reactor.minion.functions

    def environment(self, undefined=False):
        if undefined not in self.environments:
            self.environments[undefined] = self.master.environment(undefined)
        return self.environments[undefined]

    def to(self, request):
        if "expression" in request:
            return self.printed(request)
        if "names" in request:
            environment = self.environment()
            return {"filters": sorted(environment.filters), "tests": sorted(environment.tests)}
        return self.master.compile(request)

    def printed(self, request):
        try:
            environment = self.environment(request.get("undefined", False))
            signal.setitimer(signal.ITIMER_REAL, EXPRESSION_SECONDS)
            template = environment.from_string(request["expression"])
            return {"printed": template.render(salt=self.functions, **request.get("context", {}))}
        except TooSlow:
            return {"slow": True}
        except Exception as problem:  # whatever Python raises refuses the template
            return {"refused": f"{type(problem).__name__}: {problem}"}
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def main():
    signal.signal(signal.SIGALRM, give_up)
    folder = tempfile.mkdtemp(prefix="brine-salt-")
    try:
        answering = Answers(Master(folder))
        for line in sys.stdin:
            request = json.loads(line)
            try:
                answer = answering.to(request)
            except Exception as problem:  # Salt's engine process would die of it
                answer = {"refused": f"{type(problem).__name__}: {problem}"}
            json.dump({"id": request["id"], **answer}, answers)
            answers.write("\n")
            answers.flush()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
