"""What was refused, or never sent: nothing happened."""

from __future__ import annotations

import socket
from collections.abc import Callable

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from engine.faults.wire import EC2_ERROR, Wire, answer
from practice.picture import snapshot
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out, problems_of, taken_back
from vpn.cases import again, session

from flows.engine import Call, Journal, Place, SignInNeeded, Unreachable
from flows.engine.boto import ATTEMPTS, Aws
from flows.engine.refusals import explain
from flows.practice import PracticeAccount
from flows.practice.refusal import Answer


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
