"""Answers what a real Salt compiles: one JSON request per line in, one JSON answer per line out.

Requests:
  {"id", "files": {name: text}, "roots": {name: text}, "tag", "data", "order": [name, ...]}
      -> {"id", "chunks": [...]} or {"id", "refused": message}
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

answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)  # whatever Salt prints must not get between the answers

import salt.config  # noqa: E402
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
            answer["refused"] = self.refusals.messages[0].replace(self.sls + "/", "")
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
            return {"printed": template.render(**request.get("context", {}))}
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
