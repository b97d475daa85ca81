"""The check says why a tunnel is down: from what AWS wrote into the log, what was agreed on, and who is told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from practice.office import connection, customer_gateway, vpn_gateway
from support.clouds import Between

from flows.engine import Call, Cloud, Denied, Finding, Grade
from flows.engine.verdict import Status, verdict
from flows.practice import ACCOUNT_ID, PracticeAccount
from flows.vpn import diagnosis, reasons
from flows.vpn.reasons import BGP, IKE, ROUTE

LOG = "/aws/vendedlogs/vpn/office"
ARN = f"arn:aws:logs:eu-central-1:{ACCOUNT_ID}:log-group:{LOG}"
BOTH = {"LogEnabled": True, "LogGroupArn": ARN, "BgpLogEnabled": True, "BgpLogGroupArn": ARN}
MESSAGES: Mapping[str, tuple[str, str]] = {
    "Peer is not responsive - Declaring peer dead": (IKE, "stopped answering"),
    "AWS tunnel payload decryption was unsuccessful due to invalid Pre-shared Key": (IKE, "another pre-shared key"),
    "No Proposal Match Found by AWS": (IKE, "no proposal chosen"),
    'No Proposal Match Found. Notifying with "No proposal chosen"': (IKE, "agree on no methods"),
    "AWS tunnel received DELETE for Phase 2 SA with SPI: 0xc1d2": (IKE, "ended phase 2"),
    "AWS tunnel received DELETE for IKE_SA from CGW": (IKE, "ended the tunnel itself"),
    "AWS tunnel DPD timed out after 3 retransmits": (IKE, "stopped answering"),
    "AWS tunnel detected a (CHILD_REKEY) collision as CHILD_DELETE": (IKE, "while AWS renewed"),
    "AWS tunnel (CHILD_SA) redundant SA is being deleted due to detected collision": (IKE, "same moment"),
    "AWS tunnel Phase 2 was unable to establish while keeping Phase 1": (IKE, "phase 2 fails"),
    "AWS: Traffic Selector: TS_UNACCEPTABLE: received from responder": (IKE, "other networks"),
    "AWS tunnel is sending AUTHENTICATION_FAILED as the response": (IKE, "does not prove who it is"),
    "AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.7": (IKE, "another pre-shared key"),
    "AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: 198.51.100.7": (IKE, "does not answer"),
    "AWS-side peer BGP session state has changed from Established to Idle with neighbor 169.254.9.2": (BGP, "ended"),
    "AWS-side peer BGP session state has changed from Connect to Active with neighbor 169.254.9.2": (BGP, "nothing"),
    "AWS-side peer is reporting a maximum prefix limit warning - received 90 prefixes": (BGP, "nearly as many"),
    "AWS-side peer detected the maximum prefix limit was exceeded - received 101 prefixes": (BGP, "more networks"),
    "AWS-side peer sent a notification 6/1 (Cease/Maximum Number of Prefixes Reached)": (BGP, "more networks than AWS"),
    "AWS-side peer received notification 6/1 (Cease/Maximum Number of Prefixes Reached)": (BGP, "than that takes"),
    "AWS-side peer sent a notification 6/2 (Cease/Administrative Shutdown)": (BGP, "AWS ended BGP"),
    "AWS-side peer received notification 6/2 (Cease/Administrative Shutdown)": (BGP, "switched BGP off"),
    "AWS-side peer sent a notification 6/3 (Cease/Peer Unconfigured)": (BGP, "AWS does not know the device"),
    "AWS-side peer received notification 6/3 (Cease/Peer Unconfigured)": (BGP, "the device does not know AWS"),
    "AWS-side peer sent a notification 6/4 (Cease/Administrative Reset)": (BGP, "AWS began BGP anew"),
    "AWS-side peer received notification 6/4 (Cease/Administrative Reset)": (BGP, "the device began BGP anew"),
    "AWS-side peer sent a notification 6/5 (Cease/Connection Rejected)": (BGP, "AWS refuses"),
    "AWS-side peer received notification 6/5 (Cease/Connection Rejected)": (BGP, "the device refuses"),
    "AWS-side peer sent a notification 6/6 (Cease/Other Configuration Change)": (BGP, "changed at AWS"),
    "AWS-side peer received notification 6/6 (Cease/Other Configuration Change)": (BGP, "the device changed"),
    "AWS-side peer sent a notification 6/7 (Cease/Connection Collision Resolution)": (BGP, "same moment"),
    "AWS-side peer received notification 6/7 (Cease/Connection Collision Resolution)": (BGP, "same moment"),
    "AWS-side peer sent a Hold Timer Expired notification to neighbor 169.254.9.2": (BGP, "stopped speaking BGP"),
    "AWS-side peer detected a bad OPEN message from neighbor 169.254.9.2- remote AS is 65000, expected 65010": (
        BGP, "another number (ASN)",
    ),
    "DENIED due to: as-path contains our own AS": (ROUTE, "AWS's own number"),
    "DENIED due to: non-connected next-hop": (ROUTE, "next hop is not in the tunnel"),
}  # fmt: skip
"""All that the guide lists (Site-to-Site VPN User Guide, "Site-to-Site VPN log contents", 2026-11) → what it is of, and
words of what it means."""
ON_THE_WAY = (
    "AWS tunnel processed request (id=4) for CREATE_CHILD_SA",
    "AWS tunnel is sending response (id=4) for CREATE_CHILD_SA",
    "AWS tunnel is sending request (id=4) for CREATE_CHILD_SA",
    "AWS tunnel processed response (id=4) for CREATE_CHILD_SA",
    "AWS-side peer BGP session state has changed from Idle to Connect with neighbor 169.254.9.2",
    "AWS-side peer BGP session state has changed from Connect to OpenSent with neighbor 169.254.9.2",
    "AWS-side peer BGP session state has changed from OpenSent to OpenConfirm with neighbor 169.254.9.2",
    "AWS-side peer BGP session state has changed from OpenConfirm to Established with neighbor 169.254.9.2",
    "AWS-side peer received an OPEN message from neighbor 169.254.9.2- version 4, AS 65010, holdtime 30",
    "AWS-side peer sent an OPEN message to neighbor 169.254.9.2- version 4, AS 64512, holdtime 30",
    "AWS-side peer is initiating a connection (via Connect) to neighbor 169.254.9.2",
    "AWS-side peer sent an End-of-RIB message to neighbor 169.254.9.2",
    "AWS-side peer received update with attributes from neighbor 169.254.9.2- AS path: 65010",
)


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.some(6)
def test_every_message_that_aws_lists_has_a_meaning(message: str) -> None:
    kind, words = MESSAGES[message]
    found = reasons.of(message, IKE, BGP, ROUTE)
    assert found is not None
    assert (found.kind, words in found.means) == (kind, True), found.means
    assert found.remedy.endswith(".")
    assert not found.means.endswith(".")


def test_every_meaning_is_of_a_message_that_aws_lists() -> None:
    used = {reasons.of(message, IKE, BGP, ROUTE) for message in MESSAGES}
    assert used == set(reasons.REASONS)


def test_a_step_on_the_way_is_no_reason() -> None:
    assert [each for each in ON_THE_WAY if reasons.of(each, IKE, BGP, ROUTE)] == []
    assert [each for each in ON_THE_WAY if not any(step in each.lower() for step in reasons.STEPS)] == []
    assert [step for step in reasons.STEPS if not any(step in each.lower() for each in ON_THE_WAY)] == []


@dataclass(frozen=True)
class World:
    """A connection that writes its log, and what stands in it."""

    account: PracticeAccount
    cloud: Cloud
    id: str
    outside: tuple[str, str]

    def writes(self, tunnel: int, *messages: str, minutes: int = 0, bgp: bool = False, text: bool = False) -> None:
        logs: Any = self.account.session.client("logs")
        at = datetime.now(UTC) - timedelta(minutes=30 - minutes)
        stream = f"{self.id}-{self.outside[tunnel - 1]}-{'BGP' if bgp else 'IKE'}-{minutes}"
        logs.create_log_stream(logGroupName=LOG, logStreamName=stream)
        for number, message in enumerate(messages):
            when = int((at + timedelta(seconds=number)).timestamp() * 1000)
            line: Any = {"event_timestamp": when, "ike_phase1_state": "down", "details": message}
            if bgp:
                line = {"type": "BGPStatus", "status": "DOWN", "message": {"details": message}}
            event = {"timestamp": when, "message": message if text else json.dumps(line)}
            logs.put_log_events(logGroupName=LOG, logStreamName=stream, logEvents=[event])

    def found(self, **told: Any) -> dict[str, Finding]:
        return {each.id: each for each in diagnosis.diagnose(self.between(**told), self.id)}

    def status(self, **told: Any) -> tuple[Status, str]:
        made = verdict(diagnosis.diagnose(self.between(**told), self.id))
        return made.status, made.cause

    def between(
        self, states: tuple[str, str] = ("DOWN", "DOWN"), says: str = "IPSEC IS DOWN", before: bool = True,
        active: Mapping[str, Any] | None = None, routes: int = 1,
    ) -> Cloud:  # fmt: skip
        """The account, but with tunnels in these states, and that was up before or not."""
        world = self

        class Told(Between):
            def make(self, call: Call) -> dict[str, Any]:
                answer = world.cloud.make(call)
                if call.operation == "ec2.DescribeVpnConnections":
                    for one in answer["VpnConnections"]:
                        for tunnel, state in zip(one.get("VgwTelemetry") or [], states, strict=False):
                            up = state == "UP"
                            tunnel |= {"Status": state, "StatusMessage": "" if up else says}
                            tunnel |= {"AcceptedRouteCount": routes if up else 0}
                if call.operation == "ec2.GetActiveVpnTunnelStatus" and active is not None:
                    return {"ActiveVpnTunnelStatus": dict(active)}
                return answer

            def pages(self, call: Call) -> Iterator[dict[str, Any]]:
                if call.operation == "cloudwatch.GetMetricData":
                    return iter([{"MetricDataResults": [{"Values": [1.0] if before else []}]}])
                return world.cloud.pages(call)

        return Told(world.cloud)


@pytest.fixture
def world(account: PracticeAccount, cloud: Cloud) -> World:
    account.session.client("logs").create_log_group(logGroupName=LOG)
    return of_bgp(account, cloud, {"LogOptions": {"CloudWatchLogOptions": BOTH}})


def unlogged(account: PracticeAccount, cloud: Cloud, **logs: Any) -> World:
    """The same without its logs, or with some of them."""
    if logs:
        account.session.client("logs").create_log_group(logGroupName=LOG)
    return of_bgp(account, cloud, {"LogOptions": {"CloudWatchLogOptions": logs}} if logs else {})


def of_bgp(account: PracticeAccount, cloud: Cloud, tunnel: Mapping[str, Any]) -> World:
    """A connection whose tunnels have these options."""
    ec2: Any = account.session.client("ec2")
    pair = customer_gateway(ec2, BgpAsn=65010)["CustomerGatewayId"], vpn_gateway(ec2)
    made = connection(ec2, *pair, static=False, tunnels=[tunnel, tunnel])
    outside = [each["OutsideIpAddress"] for each in made["Options"]["TunnelOptions"]]
    return World(account, cloud, made["VpnConnectionId"], (outside[0], outside[1]))


def test_the_last_thing_that_is_wrong_counts_for_each_tunnel_by_itself(world: World) -> None:
    world.writes(
        1, "AWS tunnel received DELETE for IKE_SA from CGW", "AWS tunnel is sending request (id=1) for CREATE_CHILD_SA"
    )
    world.writes(1, "AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.7", minutes=5)
    world.writes(2, "No Proposal Match Found by AWS", text=True)
    found = world.found()
    assert found["log:1"].sentence == f"Tunnel 1 ({world.outside[0]}): the device has another pre-shared key."
    assert "pre-shared key mismatch" in found["log:1"].evidence
    assert "no proposal chosen" in found["log:2"].sentence
    assert {found[each].grade for each in ("log:1", "log:2")} == {Grade.REFUSED}
    assert found["tunnels"].follows == ("log:1", "log:2")
    assert world.status() == (Status.BROKEN, "log:1")


def test_a_device_that_nobody_has_set_up_is_waited_for_and_a_wrong_key_is_not(world: World) -> None:
    timeout = "AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: 198.51.100.7"
    world.writes(1, timeout)
    world.writes(2, timeout)
    assert {world.found(before=False)[each].grade for each in ("log:1", "tunnels")} == {Grade.WAITING}
    assert world.found()["log:1"].grade is Grade.REFUSED
    world.writes(1, "AWS tunnel is sending AUTHENTICATION_FAILED as the response", minutes=9)
    assert world.found(before=False)["log:1"].grade is Grade.REFUSED


def test_one_tunnel_down_works_but(world: World) -> None:
    world.writes(2, "AWS tunnel DPD timed out after 3 retransmits")
    found = world.found(states=("UP", "DOWN"))
    assert "log:1" not in found
    assert (found["log:2"].grade, found["tunnel:2"].follows) == (Grade.CAUTION, ("log:2",))


def test_where_ipsec_stands_bgp_says_why(world: World) -> None:
    bad = "AWS-side peer detected a bad OPEN message from neighbor 169.254.9.2- remote AS is 65000, expected 65010"
    world.writes(1, "AWS tunnel received DELETE for Phase 2 SA with SPI: 0xc1d2", minutes=9)
    world.writes(1, bad, bgp=True)
    found = world.found(says="IPSEC IS UP")
    assert "another number (ASN)" in found["log:1"].sentence
    assert "remote AS is 65000, expected 65010" in found["log:1"].evidence


def test_a_network_that_aws_denies_is_why_none_is_announced(world: World) -> None:
    world.writes(1, "DENIED due to: as-path contains our own AS", bgp=True)
    found = world.found(states=("UP", "UP"), routes=0)
    assert "leads through AWS's own number" in found["log:1"].sentence
    assert "log:1" in found["announced"].follows


def test_a_log_that_says_nothing_or_cannot_be_read_is_told_and_hinders_nothing(world: World) -> None:
    world.writes(1, "AWS tunnel processed request (id=4) for CREATE_CHILD_SA")
    found = world.found()
    assert (found["log:1"].grade, found["log:1"].aside) == (Grade.NOT_CHECKED, True)
    assert "CREATE_CHILD_SA" in found["log:1"].evidence
    assert "nothing is in it" in found["log:2"].evidence

    class Shut(Between):
        def make(self, call: Call) -> dict[str, Any]:
            if call.service == "logs":
                raise Denied("Your user may not do this.", permission="logs:DescribeLogStreams")
            return world.cloud.make(call)

    shut = {each.id: each for each in diagnosis.diagnose(Shut(world.cloud), world.id)}
    assert "could not be read" in shut["log:1"].sentence
    assert shut["log:1"].aside


def test_where_aws_writes_no_log_that_is_said_of_a_tunnel_that_is_down(account: PracticeAccount, cloud: Cloud) -> None:
    """With the command that switches it on; a connection that is well is not told of."""
    world = unlogged(account, cloud)
    none = world.found()["log"]
    assert none.sentence == "AWS writes no log of tunnels 1 and 2; it would say what is wrong there."
    assert f"handrail run vpn_options --set connection={world.id} --set logs=write" in none.remedy
    assert world.status() == (Status.BROKEN, "tunnels")
    assert (none.grade, none.aside) == (Grade.NOT_CHECKED, True)
    assert "log of tunnel 2;" in world.found(states=("UP", "DOWN"))["log"].sentence
    assert "log of BGP through tunnels 1 and 2;" in world.found(says="IPSEC IS UP")["log"].sentence
    assert "log of BGP through tunnel" in world.found(states=("UP", "UP"), routes=0)["log"].sentence
    assert not [each for each in world.found(states=("UP", "UP")) if each.startswith("log")]


def test_a_log_of_the_tunnel_alone_says_nothing_of_bgp(account: PracticeAccount, cloud: Cloud) -> None:
    world = unlogged(account, cloud, LogEnabled=True, LogGroupArn=ARN)
    assert {"log:1", "log:2"} <= set(world.found())
    assert "log of BGP through tunnels 1 and 2;" in world.found(says="IPSEC IS UP")["log"].sentence


def test_what_was_agreed_on_and_that_aws_is_at_work(world: World) -> None:
    agreed = {
        "ProvisioningStatus": "available", "IkeVersion": "ikev2", "Phase1EncryptionAlgorithm": "AES256",
        "Phase1IntegrityAlgorithm": "SHA2-256", "Phase1DHGroup": 14, "Phase2EncryptionAlgorithm": "AES256-GCM-16",
        "Phase2DHGroup": 20,
    }  # fmt: skip
    found = world.found(states=("UP", "DOWN"), active=agreed)
    assert found["negotiated:1"].sentence == (
        "Tunnel 1 has agreed on IKEv2; AES256, SHA2-256, group 14 in phase 1; AES256-GCM-16, group 20 in phase 2."
    )
    assert "negotiated:2" not in found
    changing = {"ProvisioningStatus": "pending", "ProvisioningStatusReason": "tunnel endpoint replacement"}
    found = world.found(states=("UP", "DOWN"), active=changing)
    assert "AWS is replacing its end: maintenance" in found["maintenance:2"].sentence
    assert "tunnel endpoint replacement" in found["maintenance:2"].evidence
    assert found["maintenance:2"].grade is Grade.CAUTION


def test_an_alarm_is_named_with_whom_it_tells(world: World) -> None:
    watch: Any = world.account.session.client("cloudwatch")
    topic = f"arn:aws:sns:eu-central-1:{ACCOUNT_ID}:"
    line = {
        "Namespace": "AWS/VPN", "MetricName": "TunnelState", "Statistic": "Maximum", "Period": 300, "Threshold": 0,
        "EvaluationPeriods": 1, "ComparisonOperator": "LessThanOrEqualToThreshold",
        "Dimensions": [{"Name": "VpnId", "Value": world.id}],
    }  # fmt: skip
    assert not [each for each in world.found() if each.startswith("alarm")]
    for name, told in (("heard", ["on-call"]), ("deaf", ["news"]), ("mute", [])):
        watch.put_metric_alarm(AlarmName=name, AlarmActions=[topic + each for each in told], **line)
    first = world.account.session.client("ec2").describe_vpn_connections(VpnConnectionIds=[world.id])
    address = first["VpnConnections"][0]["VgwTelemetry"][0]["OutsideIpAddress"]
    of_one = {**line, "Dimensions": [{"Name": "TunnelIpAddress", "Value": address}]}
    watch.put_metric_alarm(AlarmName="of-one", AlarmActions=[], **of_one)
    watch.put_metric_alarm(AlarmName="lost", AlarmActions=[f"{topic}gone"], **line)
    found = world.found()
    assert "there is no such topic" in found["alarm:lost"].sentence
    assert "it names nobody" in found["alarm:of-one"].sentence
    assert found["alarm:heard"].sentence == "The alarm heard watches the tunnels and tells on-call."
    assert "none of its subscriptions (1) is confirmed" in found["alarm:deaf"].sentence
    assert "tells nobody: it names nobody" in found["alarm:mute"].sentence
    assert [found[f"alarm:{each}"].grade for each in ("heard", "deaf", "mute")] == [
        Grade.PROVED, Grade.CAUTION, Grade.CAUTION,
    ]  # fmt: skip
