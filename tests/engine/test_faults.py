"""Everything that can go wrong between here and AWS, at every call in turn."""

from __future__ import annotations

import itertools
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.endpoint
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError, SSLError
from practice.picture import snapshot
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out, problems_of, taken_back
from vpn.cases import BGP, STATIC, again, session

from flows.engine import (
    Call,
    Denied,
    Journal,
    Lost,
    NoSuchCall,
    Place,
    Problem,
    SignInNeeded,
    Unreachable,
)  # fmt: skip
from flows.engine.boto import ATTEMPTS, Aws
from flows.engine.refusals import changes, explain
from flows.practice import PracticeAccount
from flows.practice.door import operation_of
from flows.practice.refusal import Answer
from flows.practice.seal import sealed_session
from flows.practice.server import Served, serve

EC2_ERROR = "<Response><Errors><Error><Code>{}</Code><Message>{}</Message></Error></Errors></Response>"


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What botocore would have waited between its attempts."""
    naps: list[float] = []
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=naps.append, time=botocore.endpoint.time.time))
    return naps


class Wire:
    """What arrives instead of AWS's answer, decided for each request by its operation.

    Attributes:
        sends: every operation that was put on the wire, repetitions included.
        fault: gives another answer, raises what the network would, or returns None; it may ask for the real one.
    """

    def __init__(self, account: PracticeAccount) -> None:
        self.sends: list[str] = []
        self.fault: Fault | None = None
        self._door = account.door
        self.session = sealed_session("eu-central-1", self._answer)

    def _answer(self, request: AWSPreparedRequest) -> Answer:
        operation = operation_of(request)
        self.sends.append(operation)
        other = self.fault(operation, lambda: self._door.answer(request)) if self.fault else None
        return other or self._door.answer(request)


Fault = Callable[[str, Callable[[], Answer]], Answer | None]


def answer(status: int, body: str) -> Answer:
    return status, {"content-type": "text/xml"}, body.encode()


@pytest.fixture
def wire(account: PracticeAccount) -> Wire:
    return Wire(account)


@pytest.fixture
def cloud(wire: Wire) -> Aws:
    return Aws(Place(practice=True), wire.session)


def once(fault: Callable[[], None], when: Callable[[int, Call], bool]) -> Callable[[int, Call], None]:
    done = threading.Event()

    def meddle(number: int, call: Call) -> None:
        if when(number, call) and not done.is_set():
            done.set()
            fault()

    return meddle


# -- not allowed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answers", [STATIC, BGP], ids=["static", "bgp"])
@pytest.mark.wild
def test_denied_at_every_call_of_applying(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, answers: Any
) -> None:
    """Whichever call is refused: the sentence names the permission and the step; undo leaves it as before."""
    before = snapshot(account.session)
    undisturbed = Between(cloud)
    made = session(undisturbed, journal, answers, clock=clock)
    made.review()
    offset = len(undisturbed.calls)
    assert not problems_of(made)
    applying = Counter(call.operation for call in undisturbed.calls[offset:])
    taken_back(made)
    assert {"ec2.CreateVpnConnection", "ec2.AttachVpnGateway", "ec2.DescribeVpnConnections"} <= set(applying)
    went_on: list[str] = []
    # by operation and not by number: what runs side by side comes in any order
    for operation, which in [(name, k) for name, count in applying.items() for k in range(1, count + 1)]:
        faulty, seen = Between(cloud), itertools.count(1)
        made = session(faulty, journal, answers, clock=clock)
        made.review()

        def deny(_: int, call: Call, seen: Iterator[int] = seen, target: tuple[str, int] = (operation, which)) -> None:
            if call.operation == target[0] and next(seen) == target[1]:
                raise explain(call, {"Error": {"Code": "UnauthorizedOperation", "Message": "You are not authorized."}})

        faulty.before = deny
        problems = problems_of(made)
        faulty.before = None
        if problems:
            (problem,) = problems
            assert isinstance(problem, Denied)
            assert problem.permission == operation.replace(".", ":")
            assert problem.permission in problem.what and problem.permission in problem.remedy
            assert problem.action
        else:
            went_on.append(operation)
        taken_back(made)
        assert snapshot(account.session) == before
    # only how the connection was made could not be noted, by which a later change is noticed, if it was asked for
    assert {*went_on} <= {"ec2.DescribeVpnConnections"}


def test_denied_at_every_question(cloud: Aws, clock: FakeClock) -> None:
    """While answering, whichever reading call is not allowed, there is a sentence and never a crash."""
    asked = Between(cloud)
    session(asked, None).review()
    operations = sorted({call.operation for call in asked.calls})
    assert len(operations) > 8
    outcomes = Counter[str]()
    for operation in operations:

        def deny(_: int, call: Call, target: str = operation) -> None:
            if call.operation == target:
                raise explain(call, {"Error": {"Code": "UnauthorizedOperation", "Message": "No."}})

        try:
            review = session(Between(cloud, before=deny), None).review()
        except Problem as problem:
            outcomes["refused"] += 1
            assert "Ask your administrator" in str(problem)
        else:
            outcomes["went on"] += 1
            assert review.plan.actions
    assert outcomes["refused"] and outcomes["went on"]


def test_an_organizations_refusal_says_who_can_change_it() -> None:
    """Asking the account's administrator would be in vain."""
    message = "... with an explicit deny in a service control policy"
    problem = explain(Call("ec2.CreateVpnGateway"), {"Error": {"Code": "UnauthorizedOperation", "Message": message}})
    assert "service control policy" in problem.remedy and "administrator for" not in problem.remedy


@pytest.mark.parametrize(
    ("code", "status"), [("InvalidAction", 400), ("UnknownOperationException", 400), ("InternalFailure", 501)]
)
def test_a_call_that_is_not_known_changed_nothing(code: str, status: int) -> None:
    """An emulator that lacks a call says so in one of these ways; a change is then not in doubt."""
    answer = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    assert isinstance(explain(Call("ec2.CreateImage"), answer), NoSuchCall)


@pytest.mark.parametrize("operation", ["ec2.DescribeVpcs", "kms.ListAliases", "lambda.ListFunctions"])
def test_a_page_for_people_is_no_answer(cloud: Aws, wire: Wire, operation: str) -> None:
    """A web server that knows no such path answers like this."""
    wire.fault = lambda asked, real: answer(404, "<!doctype html><title>Not found<p>Not found")
    with pytest.raises(NoSuchCall, match=operation):
        cloud.make(Call(operation))


@pytest.mark.parametrize(
    ("operation", "words", "lists"),
    [
        ("ec2.DescribeVpcs", "<DescribeVpcsResponse/>", {"Vpcs": []}),
        ("rds.DescribeDBClusters", "<R><DescribeDBClustersResult/></R>", {"DBClusters": []}),
        ("kms.ListAliases", "{}", {"Aliases": []}),
        ("iam.GetAccountPasswordPolicy", "<R><GetAccountPasswordPolicyResult/></R>", {}),
    ],
)
def test_a_list_that_is_left_out_is_an_empty_one(
    cloud: Aws, wire: Wire, operation: str, words: str, lists: dict[str, Any]
) -> None:
    """Emulators leave out what is empty; what is read to be written back is not touched."""
    wire.fault = lambda asked, real: answer(200, words)
    call = Call(operation)
    for found in (cloud.make(call), *cloud.pages(call)):
        assert {name: value for name, value in found.items() if name != "ResponseMetadata"} == lists


# -- sent, and never answered --------------------------------------------------------------------------------------


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


# -- refused, and nothing happened ---------------------------------------------------------------------------------


@pytest.mark.wild
def test_throttled_changes_are_sent_again(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, wire: Wire, naps: list[float]
) -> None:
    """AWS did nothing and said so: the call is repeated, with a growing pause, and made once."""
    refusals = iter(range(3))

    def fault(operation: str, real: Callable[[], Answer]) -> Answer | None:
        if operation == "CreateVpnConnection" and next(refusals, None) is not None:
            return answer(503, EC2_ERROR.format("RequestLimitExceeded", "Request limit exceeded."))
        return None

    made = session(cloud, journal, clock=clock)
    made.review()
    wire.fault = fault
    carried_out(made)
    assert wire.sends.count("CreateVpnConnection") == 4
    assert len(naps) == 3
    assert len(snapshot(account.session)["vpn_connections"]) == 2  # the branch has one


@pytest.mark.wild
def test_throttled_for_good(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, wire: Wire, naps: list[float]
) -> None:
    """After some attempts it gives up with a sentence about the pace, not about quotas; resuming completes it."""

    def fault(operation: str, real: Callable[[], Answer]) -> Answer | None:
        if operation != "CreateVpnGateway":
            return None
        return answer(503, EC2_ERROR.format("RequestLimitExceeded", "Request limit exceeded."))

    made = session(cloud, journal, clock=clock)
    made.review()
    wire.fault = fault
    (problem,) = problems_of(made)
    assert wire.sends.count("CreateVpnGateway") == ATTEMPTS
    assert "fewer requests" in problem.what and "Service Quotas" not in problem.remedy
    wire.fault = None
    carried_out(made)


def test_reads_are_repeated_whatever_happened(cloud: Aws, wire: Wire, naps: list[float]) -> None:
    """Reading twice is harmless, so botocore repeats a read after a server error."""
    failures = iter(range(2))

    def fault(operation: str, real: Callable[[], Answer]) -> Answer | None:
        return answer(500, EC2_ERROR.format("InternalError", "")) if next(failures, None) is not None else None

    wire.fault = fault
    assert cloud.make(Call("ec2.DescribeVpcs"))["Vpcs"]
    assert wire.sends == ["DescribeVpcs"] * 3


@pytest.mark.wild
def test_no_connection_is_not_a_doubt(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, wire: Wire
) -> None:
    """A refused connection sent nothing: it is said so, nothing is looked for, and resuming completes it."""

    def fault(operation: str, real: Callable[[], Answer]) -> Answer | None:
        if operation == "CreateVpnGateway":
            raise EndpointConnectionError(endpoint_url="https://ec2")
        return None

    made = session(cloud, journal, clock=clock)
    made.review()
    wire.fault = fault
    (problem,) = problems_of(made)
    assert isinstance(problem, Unreachable)
    assert made.run is not None
    assert made.run.status("vpn-gateway") == "refused"
    wire.fault = None
    carried_out(made)
    taken_back(made)


def test_a_real_refused_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens there: the sentence names what to check."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    keys = boto3.Session("A" * 16, "x", region_name="eu-central-1")
    with pytest.raises(Unreachable) as raised:
        Aws(Place(endpoint_url=f"http://127.0.0.1:{port}"), keys).make(
            Call("ec2.CreateVpnGateway", {"Type": "ipsec.1"})
        )
    assert "--endpoint-url" in raised.value.remedy


def test_credentials_that_expire_meanwhile(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """It stops with a sentence, keeps what was done, and goes on with good ones, making nothing twice."""
    before = snapshot(account.session)

    def expired(_: int, call: Call) -> None:
        if any(earlier.name == "AttachVpnGateway" for earlier in faulty.calls):
            raise explain(call, {"Error": {"Code": "RequestExpired", "Message": "Request has expired."}})

    faulty = Between(cloud)
    made = session(faulty, journal, clock=clock)
    made.review()
    faulty.before = expired
    found = problems_of(made)
    assert found and {type(problem) for problem in found} == {SignInNeeded}
    assert "nothing is lost" in found[0].remedy
    assert made.run is not None
    assert made.run.record.status == "failed"
    made.close()
    resumed = again(cloud, journal, made.run, clock=clock)
    carried_out(resumed)
    after = snapshot(account.session)
    for kind in ("vpn_gateways", "customer_gateways", "vpn_connections"):
        assert len(after[kind]) == len(before[kind]) + 1
    taken_back(resumed)
    assert snapshot(account.session) == before


@pytest.mark.wild
def test_credentials_that_expire_during_undo(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Undo stops, says what is left, and a second one finishes."""
    before = snapshot(account.session)
    faulty = Between(cloud)
    made = session(faulty, journal, clock=clock)
    carried_out(made)

    def expired(_: int, call: Call) -> None:
        if call.name == "DeleteVpnConnection":
            raise explain(call, {"Error": {"Code": "ExpiredToken", "Message": ""}})

    faulty.before = expired
    list(made.undo())
    told = made.receipt()
    assert not told.complete
    assert any("expired" in left.why for left in told.left)
    assert any(left.costs for left in told.left), "what still costs money is said"
    assert made.run is not None and made.run.record.status == "undoing"
    faulty.before = None
    taken_back(made)
    assert snapshot(account.session) == before
