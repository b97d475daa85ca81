"""What was sent, and never answered: perhaps it happened."""

from __future__ import annotations

import itertools
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError, SSLError
from engine.faults.wire import EC2_ERROR, Wire, answer
from practice.picture import snapshot
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out, problems_of, taken_back
from vpn.cases import BGP, STATIC, session

from flows.engine import Call, Journal, Lost, Place, Unreachable
from flows.engine.boto import Aws
from flows.engine.refusals import changes
from flows.practice import PracticeAccount
from flows.practice.refusal import Answer
from flows.practice.server import Served, serve


def once(fault: Callable[[], None], when: Callable[[int, Call], bool]) -> Callable[[int, Call], None]:
    done = threading.Event()

    def meddle(number: int, call: Call) -> None:
        if when(number, call) and not done.is_set():
            done.set()
            fault()

    return meddle


@pytest.mark.parametrize("answers", [STATIC, BGP], ids=["static", "bgp"])
@pytest.mark.wild
def test_an_answer_lost_after_any_change(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, answers: Any
) -> None:
    """It happened, but nobody heard: it is found again, nothing is made twice, and undo leaves it as before."""
    before = snapshot(account.session)
    undisturbed = session(cloud, journal, answers, clock=clock)
    carried_out(undisturbed)
    counts = {kind: len(things) for kind, things in snapshot(account.session).items()}
    taken_back(undisturbed)
    for n in itertools.count(1):
        faulty, seen = Between(cloud), itertools.count(1)

        def lose(_: int, call: Call, seen: Iterator[int] = seen, target: int = n) -> None:
            if changes(call) and next(seen) == target:
                raise Lost(f"The answer to {call.operation} got lost.")

        faulty.after = lose
        made = session(faulty, journal, answers, clock=clock)
        carried_out(made)
        assert {kind: len(things) for kind, things in snapshot(account.session).items()} == counts
        taken_back(made)
        assert made.receipt().complete
        assert snapshot(account.session) == before
        if next(seen) <= n:
            assert n > 12, "applying and undoing were both disturbed"
            break


@pytest.mark.wild
def test_lost_before_it_arrived(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """It never happened: it is looked for, not found, and made once."""
    before = snapshot(account.session)

    def lose() -> None:
        raise Lost("The connection broke.")

    meddle = once(lose, lambda _, call: call.name == "CreateVpnConnection")
    made = session(Between(cloud, before=meddle), journal, clock=clock)
    carried_out(made)
    assert len(snapshot(account.session)["vpn_connections"]) == 2  # the branch has one
    assert sum(clock.slept) >= 17, "AWS's copies were given time"
    taken_back(made)
    assert snapshot(account.session) == before


@pytest.mark.parametrize("status", [500, 503])
@pytest.mark.some(1)
def test_a_server_error_after_success(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, wire: Wire, status: int
) -> None:
    """AWS does it and breaks off: botocore does not repeat the call, and nothing is made twice."""

    def fault(operation: str, real: Callable[[], Answer]) -> Answer | None:
        if operation not in ("CreateVpnGateway", "CreateVpnConnection", "CreateCustomerGateway"):
            return None
        real()
        return answer(status, EC2_ERROR.format("InternalError", "An internal error has occurred"))

    made = session(cloud, journal, clock=clock)
    made.review()
    wire.fault, before = fault, snapshot(account.session)
    wire.sends.clear()
    carried_out(made)
    sent = Counter(operation for operation in wire.sends if operation.startswith("Create"))
    assert set(sent.values()) == {1, 2}, "the two static routes, and each gateway once"
    assert sent["CreateVpnConnection"] == sent["CreateVpnGateway"] == sent["CreateCustomerGateway"] == 1
    wire.fault = None
    taken_back(made)
    assert snapshot(account.session) == before


@pytest.mark.parametrize("code", ["InsufficientInstanceCapacity", "VpnGatewayLimitExceeded", "AccessDenied"])
@pytest.mark.some("AccessDenied")
def test_a_refusal_with_a_servers_status_is_no_doubt(
    cloud: Aws, journal: Journal, clock: FakeClock, wire: Wire, code: str
) -> None:
    """EC2 says with 500 that it has no room: nothing happened, so it is neither looked for nor sent again."""

    def fault(operation: str, real: Callable[[], Answer]) -> Answer | None:
        if operation != "CreateVpnGateway":
            return None
        return answer(500, EC2_ERROR.format(code, "It will not be."))

    made = session(cloud, journal, clock=clock)
    made.review()
    wire.fault = fault
    wire.sends.clear()
    (problem,) = problems_of(made)
    assert problem.exit_code in (3, 4) and not isinstance(problem, Lost)
    assert wire.sends.count("CreateVpnGateway") == 1
    assert made.run is not None and made.run.status("vpn-gateway") == "refused"
    wire.fault = None
    taken_back(made)


@pytest.mark.parametrize(
    "error",
    [
        lambda: ReadTimeoutError(endpoint_url="https://ec2"),
        lambda: SSLError(endpoint_url="https://ec2", error="EOF occurred in violation of protocol"),
    ],
    ids=["read timeout", "TLS broke off"],
)
@pytest.mark.some("read timeout")
def test_a_connection_that_breaks_after_sending(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, wire: Wire, error: Any
) -> None:
    """Sent, perhaps done: never sent again unseen."""

    def fault(operation: str, real: Callable[[], Answer]) -> Answer | None:
        if operation != "CreateVpnConnection":
            return None
        real()
        raise error()

    made = session(cloud, journal, clock=clock)
    made.review()
    wire.fault = fault
    carried_out(made)
    assert wire.sends.count("CreateVpnConnection") == 1
    assert len(snapshot(account.session)["vpn_connections"]) == 2  # the branch has one


def test_a_wrong_certificate_is_not_a_doubt(cloud: Aws, wire: Wire) -> None:
    """Then nothing was sent, and the sentence is about the network."""

    def fault(operation: str, real: Callable[[], Answer]) -> Answer | None:
        raise SSLError(endpoint_url="https://ec2", error="[SSL: CERTIFICATE_VERIFY_FAILED] self-signed")

    wire.fault = fault
    with pytest.raises(Unreachable) as caught:
        cloud.make(Call("ec2.CreateVpnGateway", {"Type": "ipsec.1"}))
    assert "AWS_CA_BUNDLE" in caught.value.remedy


@pytest.mark.wild
def test_an_answer_that_is_none(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, wire: Wire
) -> None:
    """A proxy's web page instead of AWS's answer leaves a change in doubt, and it is looked for."""

    def fault(operation: str, real: Callable[[], Answer]) -> Answer | None:
        if operation != "CreateVpnConnection":
            return None
        real()
        return answer(200, "<html><p>Please log in to the guest network")

    made = session(cloud, journal, clock=clock)
    made.review()
    wire.fault = fault
    carried_out(made)
    assert len(snapshot(account.session)["vpn_connections"]) == 2  # the branch has one


@pytest.fixture
def served() -> Iterator[Served]:
    with serve(hurry=True) as served:
        yield served


@pytest.mark.wild
def test_the_socket_closes_before_the_answer(
    served: Served, tmp_path: Any, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over a real connection: the request arrives, is carried out, and the line is cut before the answer."""
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "A" * 16),
        ("AWS_SECRET_ACCESS_KEY", "x"),
        ("AWS_REGION", "eu-central-1"),
    ):
        monkeypatch.setenv(name, value)
    before = snapshot(served.account.session)
    with Cutting(served, b"Action=CreateVpnConnection&") as url:
        cloud = Aws(Place(endpoint_url=url))
        made = session(cloud, Journal(tmp_path / "journal"), clock=clock)
        carried_out(made)
        assert len(snapshot(served.account.session)["vpn_connections"]) == 2  # the branch has one
        taken_back(made)
    assert snapshot(served.account.session) == before


class Cutting:
    """A relay to the served account that cuts the line after delivering the first request with these bytes."""

    def __init__(self, served: Served, words: bytes) -> None:
        host, _, port = served.url.removeprefix("http://").partition(":")
        self._to, self._words, self.cuts = (host, int(port)), words, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        assert self.cuts == 1

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._relay, args=(near,), daemon=True).start()

    def _relay(self, near: socket.socket) -> None:
        with near, socket.create_connection(self._to) as far:
            while request := _message(near):
                far.sendall(request)
                answered = _message(far)
                if self._words in request and not self.cuts:
                    self.cuts += 1
                    return
                near.sendall(answered)


def _message(line: socket.socket) -> bytes:
    """One whole HTTP message with a Content-Length; empty when the other side has closed."""
    whole = b""
    while b"\r\n\r\n" not in whole:
        piece = line.recv(65536)
        if not piece:
            return b""
        whole += piece
    head, _, body = whole.partition(b"\r\n\r\n")
    lengths = [row.partition(b":")[2] for row in head.split(b"\r\n") if row.lower().startswith(b"content-length")]
    length = int(lengths[0]) if lengths else 0
    while len(body) < length:
        body += line.recv(65536)
    return head + b"\r\n\r\n" + body
