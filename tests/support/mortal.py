"""The `handrail` command in a real process of its own that can be killed at a chosen moment.

Starting Python and reading AWS's service descriptions takes longer than what is to be tested, so one process
gets ready once and forks for every command. It has no threads, so that forking is sound. A moment is just before
something: a write to the journal or to a file for the user, or a call to AWS. After one thing is before the next.
With `lasting`, calls that only read are no moments: nothing is different after them.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIAVISITOR000000000",
    "AWS_SECRET_ACCESS_KEY": "not-a-key",
    "AWS_REGION": "eu-central-1",
}


@dataclass(frozen=True)
class Ended:
    """How a command ended. `code` is None if it was killed."""

    code: int | None
    out: str
    err: str
    moments: int

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Mortal:
    """Runs `handrail` commands, one at a time, against an account at `url`."""

    def __init__(self, url: str, services: tuple[str, ...] = ("ec2", "sts", "iam", "service-quotas")) -> None:
        self._url = url
        surroundings = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        self._process = subprocess.Popen(
            [sys.executable, __file__, url, *services],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**surroundings, **CREDENTIALS, "AWS_CONFIG_FILE": os.devnull, "PYTHONPATH": str(ROOT)},
        )

    def __call__(self, *arguments: str, state: Path, die_at: int = 0, lasting: bool = False) -> Ended:
        """Run one command; `die_at` is the number of the moment at which it is killed, 0 for never."""
        assert self._process.stdin and self._process.stdout
        state.mkdir(parents=True, exist_ok=True)
        words = [*arguments, "--endpoint-url", self._url]
        order = {"arguments": words, "state": str(state), "die_at": die_at, "lasting": lasting}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        seen = [(state / name).read_text() for name in ("out", "err", "moments")]
        return Ended(told["code"], seen[0], seen[1], len(seen[2]))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


# -- in the process that gets ready, and in its children ---------------------------------------------------------


def _serve_orders() -> None:
    _get_ready()
    gc.freeze()  # what is there by now is not looked through again in every child
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            _become_handrail(order)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print(json.dumps({"code": None if killed else os.waitstatus_to_exitcode(status)}), flush=True)


def _get_ready() -> None:
    """Import and read everything once; all sessions share one reader of service descriptions, and the clients."""
    import botocore.session
    from botocore.loaders import create_loader

    import flows.accounts
    import tui.batch
    import tui.cli
    import tui.ending
    import tui.words  # noqa: F401
    from flows.engine import Call, Place
    from flows.engine.cloud import Aws

    for name in flows.SET_UPS:
        flows.find(name)

    loader = create_loader()
    vars(botocore.session)["create_loader"] = lambda _=None: loader
    url, *services = sys.argv[1:]
    ready = Aws(Place(region=CREDENTIALS["AWS_REGION"], endpoint_url=url))
    for service, operation in product(services, ("Describe", "Create")):
        ready._client(Call(f"{service}.{operation}"))
    begin = Aws.__init__

    def begin_ready(self: Aws, *given: Any, **named: Any) -> None:
        begin(self, *given, **named)
        self._clients.update(ready._clients)

    Aws.__init__ = begin_ready  # type: ignore[method-assign]


def _become_handrail(order: Mapping[str, Any]) -> None:
    state = Path(order["state"])
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(state / name, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ["XDG_STATE_HOME"] = str(state)
    _make_mortal(os.open(state / "moments", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), order)
    from tui.cli import main

    try:
        main(order["arguments"])
    except SystemExit as ending:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ending.code if isinstance(ending.code, int) else 0)
    finally:
        os._exit(99)


def _make_mortal(tally: int, order: Mapping[str, Any]) -> None:
    import flows.engine.apply
    import flows.engine.handover
    import flows.engine.undo
    from flows.engine import Journal
    from flows.engine.cloud import Aws, changes
    from support.clock import FakeClock

    lock, moments = threading.Lock(), [0]

    def moment() -> None:
        with lock:
            moments[0] += 1
            if moments[0] == order["die_at"]:
                os.kill(os.getpid(), signal.SIGKILL)
            os.write(tally, b".")

    write, send, save = Journal.write, vars(Aws)["_send"], flows.engine.handover.write_private

    def journal_write(self: Journal, *rest: Any) -> None:
        moment()
        write(self, *rest)

    def aws_send(self: Aws, call: Any, how: Any) -> Any:
        if changes(call) or not order["lasting"]:
            moment()
        return send(self, call, how)

    def write_private(*rest: Any) -> Any:
        moment()
        return save(*rest)

    Journal.write = journal_write  # type: ignore[method-assign]
    Aws._send = aws_send  # type: ignore[method-assign]
    flows.engine.handover.write_private = write_private
    flows.engine.apply.RealClock = flows.engine.undo.RealClock = FakeClock  # type: ignore[misc]


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    _serve_orders()
