"""An account and a `handrail` that works on it in a process of its own, which can be killed at a chosen moment.

Starting Python, reading AWS's service descriptions and founding the company take longer than what is to be tested,
so one process gets ready once and forks: for every command, whose calls it answers over a pipe, and for every copy of
the world that is to go its own way. It has no threads then, so that forking is sound. A moment is just before
something lasting: a write to the journal or to a file for the user, or a call to AWS that changes something. After
one thing is before the next.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import queue
import selectors
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flows.engine.apply import AT_ONCE

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

T = TypeVar("T")
Trouble = Callable[["Inside"], None]
"""Makes something go wrong in a process, before its command begins."""
NEVER = 10**9
ROOT = Path(__file__).parents[2]
REGION = "eu-central-1"
ENDPOINT = "http://127.0.0.1:9"
"""Where the account is said to be; nobody listens there."""


@dataclass(frozen=True)
class Ended:
    """How a command ended. `code` is None if it was killed; `moments` are those that it came to see the end of.

    `other` is how another command ended that was run meanwhile.
    """

    code: int | None
    out: str
    err: str
    moments: int
    other: Ended | None = None

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class World:
    """A world, from outside; it ends when it is closed."""

    def __init__(self, wire: Connection, process: int) -> None:
        self._wire, self._process = wire, process

    def handrail(
        self,
        *arguments: str,
        state: Path,
        die_at: int = 0,
        under: Trouble | None = None,
        meanwhile: tuple[int, Sequence[str]] | None = None,
    ) -> Ended:
        """Run one command.

        Unless something is to happen to it, the world itself runs it: what it reads and makes is there for all later
        ones. With one of these it has a process of its own.

        Args:
            state: its state folder.
            die_at: the number of the moment at which it is killed.
            under: what is wrong in its process; must be known there by its name.
            meanwhile: another command, which is run before the request of that number is answered.
        """
        return self._told("handrail", arguments, state, die_at, under, meanwhile)

    def picture(self, case: str) -> dict[str, Any]:
        """The account, as a case looks at it."""
        return self._told("picture", case)

    def do(self, act: Callable[..., T], *given: Any) -> T:
        """What `act` gives, done in the world with its account first; both must be known there by their names."""
        went, done = self._told("do", act, given)
        assert went, done
        return cast(T, done)

    @contextlib.contextmanager
    def branch(self) -> Iterator[World]:
        """A copy of this world, in which things may take another course."""
        ours, theirs = Pipe()
        with ours, theirs:
            self._wire.send(("branch",))
            send_handle(self._wire, theirs.fileno(), self._process)
            theirs.close()
            yield World(ours, ours.recv())

    def _told(self, *order: Any) -> Any:
        self._wire.send(order)
        return self._wire.recv()


@contextlib.contextmanager
def begun() -> Iterator[World]:
    """A world in which nothing has happened yet."""
    ours, theirs = Pipe()
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "HANDRAIL_"))}
    files = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    with (
        subprocess.Popen(
            [sys.executable, "-c", f"from support.world import live; live({theirs.fileno()})"],
            cwd=ROOT,
            env={**surroundings, **files, "AWS_REGION": REGION, "PYTHONPATH": paths},
            pass_fds=[theirs.fileno()],
        ) as process,
        ours,
    ):
        theirs.close()
        yield World(ours, process.pid)


# -- in the process that is the world, and in its children -------------------------------------------------------

Packed = tuple[str, str, dict[str, str], bytes]
Answer = tuple[int, dict[str, str], bytes]


def live(descriptor: int) -> None:
    """Do what is ordered over this end of a pipe, until the other is closed."""
    orders, inside = Connection(descriptor), Inside()
    while True:
        gc.freeze()  # what is there by now is not looked through again in every child
        try:
            order, *rest = orders.recv()
        except EOFError:
            with contextlib.suppress(ChildProcessError):
                while True:
                    os.wait()  # its branches
            os._exit(0)
        match order:
            case "handrail":
                orders.send(inside.handrail(*rest))
            case "picture":
                orders.send(inside.picture(*rest))
            case "do":
                orders.send(inside.do(*rest))
            case "branch":
                branch = Connection(recv_handle(orders))
                if os.fork():
                    branch.close()
                else:
                    orders = branch
                    orders.send(os.getpid())


class Inside:
    """The account, and the way to it for a `handrail` in this process or in a child of it.

    Attributes:
        ask: hands a request on to the account.
        endpoint: what every command says of where the account is.
        opened: how a session is opened where nothing is put in its place.
    """

    def __init__(self) -> None:
        import flows
        from flows.engine import apply, boto, handover, undo
        from flows.engine.boto import Aws
        from flows.engine.journal import Journal
        from flows.engine.refusals import changes
        from flows.practice import PracticeAccount
        from flows.practice.seal import sealed_session
        from support.clock import FakeClock
        from support.swift import few_images, swift_answers, swift_hooks, swift_requests

        swift_hooks()
        swift_requests()
        swift_answers()
        few_images()
        for name in flows.SET_UPS:
            flows.find(name)
        account = PracticeAccount(None, region=REGION, hurry=True)
        account.session.client = cache(account.session.client)  # type: ignore[method-assign]
        account.session.client("ec2").describe_vpcs()  # moto reads its instance types
        self._account = account
        self.ask: Callable[[Packed], Answer] = self._answer
        self.endpoint: tuple[str, ...] = ("--endpoint-url", ENDPOINT)
        self.opened = boto.open_session
        self._moment: Callable[[], object] = lambda: None

        session = sealed_session(REGION, lambda request: self.ask(packed(request)))
        clients: dict[Any, Any] = {}
        begin, send, write, save = Aws.__init__, vars(Aws)["_send"], Journal.write, handover.write_private

        def opened(aws: Aws, *given: Any) -> None:
            begin(aws, *given)
            aws._clients = clients

        def sent(aws: Aws, call: Any, how: Any) -> Any:
            if changes(call):
                self._moment()
            return send(aws, call, how)

        def written(journal: Journal, *rest: Any) -> int:
            self._moment()
            return write(journal, *rest)

        def saved(*rest: Any) -> Any:
            self._moment()
            return save(*rest)

        vars(boto)["open_session"] = lambda *_: session
        Aws.__init__, Aws._send, Journal.write = opened, sent, written  # type: ignore[method-assign]
        handover.write_private = saved
        apply.RealClock = undo.RealClock = FakeClock  # type: ignore[misc]

    def picture(self, case: str) -> dict[str, Any]:
        from kills.scenes import CASES

        return CASES[case].picture(self._account)

    def do(self, act: Callable[..., Any], given: Sequence[Any]) -> tuple[bool, Any]:
        try:
            return True, act(self._account, *given)
        except Exception:
            return False, traceback.format_exc()

    def handrail(
        self,
        arguments: Sequence[str],
        state: Path,
        die_at: int,
        under: Trouble | None,
        meanwhile: tuple[int, Sequence[str]] | None,
    ) -> Ended:
        if die_at or under or meanwhile:
            return self._apart(arguments, state, die_at or NEVER, under, meanwhile)
        return self._whole(arguments, state)

    def _whole(self, arguments: Sequence[str], state: Path) -> Ended:
        moments = count()
        self._moment = lambda: next(moments)
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
            code = _handrail([*arguments, *self.endpoint], state)
        assert threading.active_count() == 1, "what has threads cannot be forked"
        return Ended(code, out.getvalue(), err.getvalue(), next(moments))

    def _apart(
        self,
        arguments: Sequence[str],
        state: Path,
        die_at: int,
        under: Trouble | None,
        meanwhile: tuple[int, Sequence[str]] | None,
        told: str = "",
    ) -> Ended:
        # many, so that calls are under way side by side; those are carried out, whatever becomes of the child
        wires = [Pipe() for _ in range(AT_ONCE + 2)]
        child = os.fork()
        if not child:
            self._become_handrail(arguments, state, die_at, under, [theirs for _, theirs in wires], told)
        moments, requests, other = 0, count(1), None
        with selectors.DefaultSelector() as heard:
            for ours, theirs in wires:
                theirs.close()
                heard.register(ours, selectors.EVENT_READ)
            while heard.get_map():
                for wire in [cast(Connection, key.fileobj) for key, _ in heard.select()]:
                    try:
                        if (said := wire.recv()) is None:
                            moments += 1
                            continue
                        if meanwhile and next(requests) == meanwhile[0]:
                            other = self._apart([*meanwhile[1]], state, NEVER, None, None, "other-")
                        wire.send(self._answer(said))
                    except (EOFError, OSError):  # it ended, or was killed in the middle of a request
                        heard.unregister(wire)
                        wire.close()
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        out, err = ((state / f"{told}{name}").read_text() for name in ("out", "err"))
        return Ended(None if killed else os.waitstatus_to_exitcode(status), out, err, moments, other)

    def _become_handrail(
        self,
        arguments: Sequence[str],
        state: Path,
        die_at: int,
        under: Trouble | None,
        wires: list[Connection],
        told: str,
    ) -> None:
        gc.disable()  # it lives too short for it
        for number, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(state / f"{told}{name}", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        free: queue.SimpleQueue[Connection] = queue.SimpleQueue()
        for wire in wires:
            free.put(wire)
        turn, moments = threading.Lock(), count(1)

        def moment() -> None:
            with turn:
                if next(moments) == die_at:
                    os.kill(os.getpid(), signal.SIGKILL)
                wire = free.get()
                wire.send(None)
                free.put(wire)

        def ask(request: Packed) -> Answer:
            wire = free.get()
            wire.send(request)
            answer: Answer = wire.recv()
            free.put(wire)
            return answer

        self._moment, self.ask = moment, ask
        try:
            if under:
                under(self)
            code = _handrail([*arguments, *self.endpoint], state)
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        finally:
            os._exit(99)

    def _answer(self, request: Packed) -> Answer:
        from flows.practice.door import prepared
        from flows.practice.server import forwarded

        whole = prepared if request[1].startswith("https://") else forwarded
        return self._account.door.answer(whole(*request))


def _handrail(arguments: Sequence[str], state: Path) -> int:
    from tui.cli.main import main

    os.environ["XDG_STATE_HOME"] = str(state)
    try:
        main(list(arguments))
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else 0
    raise AssertionError("`main` always exits")


def packed(request: AWSPreparedRequest) -> Packed:
    """A request as it goes through a pipe: without the address of the account, if it is sent there."""
    from flows.practice.door import whole

    headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
    return request.method, str(request.url).removeprefix(ENDPOINT), headers, whole(request.body)
