"""Everything in one region: each thing once, nothing asked twice, and what may not be read is a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from support.clouds import Between

import flows
from flows.engine import Call, Cloud, Denied, Identity, Place
from flows.engine.board import Board, Row
from flows.engine.boto import Aws
from flows.engine.verdict import Status
from tui import verdicts

COMPANY = {
    "alb office": "broken",
    "spa_pipeline deliver-shop": "broken",
    "s3_pipeline deliver-shop": "broken",
    "peering pcx-34ce530ee81cf6225": "waiting",
    "vpn branch": "works_but",
    "aurora loyalty": "works_but",
    "alb shop": "works",
    "aurora reports": "works",
    "vpn_options branch": "works",
}
"""How the practice company stands."""
CALLS = {
    "acm": 1, "cloudfront": 1, "cloudtrail": 1, "cloudwatch": 5, "codebuild": 1, "codepipeline": 5, "ec2": 19,
    "elbv2": 16, "events": 2, "iam": 12, "rds": 13, "route53": 2, "s3": 11, "scheduler": 1, "wafv2": 2,
}  # fmt: skip
"""So many calls to each service that takes, however often what they answer is needed."""


def told(rows: list[Row]) -> dict[str, str]:
    return {f"{row.flow} {row.name}".strip(): row.verdict.status.value for row in rows}


def sent(calls: list[Call]) -> Counter[str]:
    return Counter(f"{call.operation} {call.region} {sorted(call.params.items(), key=str)}" for call in calls)


@pytest.mark.quick
def test_the_company_at_a_glance_and_nothing_is_asked_twice(cloud: Aws) -> None:
    counted = Between(cloud)
    seen = Board(flows.every(), counted, Place(practice=True))
    rows = list(seen.look())
    assert (len(rows), seen.found) == (9, 9)
    assert told(seen.sorted()) == COMPANY and [*told(seen.sorted())] == [*COMPANY], "worst first"
    assert seen.status is Status.BROKEN
    assert seen.left_out == {"wordpress": "sends a command to each machine, which changes nothing"}
    assert {operation: times for operation, times in sent(counted.calls).items() if times > 1} == {}
    assert Counter(call.operation.partition(".")[0] for call in counted.calls) == CALLS
    assert not [call.operation for call in counted.calls if call.operation.startswith("ssm.Send")]


def test_a_service_that_may_not_be_read_is_one_row(cloud: Aws) -> None:
    """And it is refused once, however many need it."""

    def refuse(_: int, call: Call) -> None:
        if call.operation.startswith(("codepipeline.", "cloudfront.")):
            raise Denied("You may not read pipelines.", "AccessDenied", "Ask for it.", permission=call.operation)

    counted = Between(cloud, before=refuse)
    seen = Board(flows.every(), counted)
    list(seen.look())
    rows = told(seen.sorted())
    assert rows.pop("s3_pipeline") == rows.pop("spa_pipeline") == rows.pop("website") == "unknown"
    assert rows["alb shop"] in ("works", "unknown") and rows["aurora reports"] == "works"
    row = next(each for each in seen.rows if each.flow == "spa_pipeline")
    assert row.verdict.because and "You may not read pipelines." in verdicts.row(row), "why stands in its one line"
    assert row.verdict.because.evidence == "AccessDenied"
    assert len(seen.rows) == seen.found and seen.unread == 0, "what may not be read counts"
    again = {operation: times for operation, times in sent(counted.calls).items() if times > 1}
    assert again == {}


def test_a_list_that_nobody_foresaw_is_one_row(cloud: Aws) -> None:
    class Odd(Between):
        def pages(self, call: Call) -> Iterator[dict[str, Any]]:
            yield from ([{"pipelines": [None]}] if call.name == "ListPipelines" else super().pages(call))

    seen = Board([flows.find("s3_pipeline"), flows.find("aurora")], Odd(cloud))
    rows = told(list(seen.look()))
    assert rows.pop("s3_pipeline") == "unknown" and "aurora reports" in rows
    row = next(each for each in seen.rows if each.flow == "s3_pipeline")
    assert row.verdict.because and "Handrail itself made a mistake" in row.verdict.because.evidence


def test_what_is_known_is_kept_when_it_is_stopped(cloud: Aws) -> None:
    seen = Board([flows.find("alb"), flows.find("aurora")], cloud)
    rows = seen.look()
    first = next(rows)
    seen.stop()
    rest = list(rows)
    assert first.verdict.status is not Status.UNKNOWN and seen.rows == [first, *rest]
    stopped = [row for row in rest if row.verdict.because and "stopped" in row.verdict.because.sentence]
    assert stopped, "the rest is told to be unknown"


def test_somebody_who_looks_away_is_not_waited_for(cloud: Aws) -> None:
    counted = Between(cloud)
    rows = Board([flows.find("aurora")], counted).look()
    next(rows)
    rows.close()  # type: ignore[attr-defined]
    number = len(counted.calls)
    assert next(rows, None) is None and len(counted.calls) == number


def test_read_only_sends_nothing_to_machines_whatever_was_agreed_to(cloud: Aws) -> None:
    seen = Board(flows.every(), cloud, Place(read_only=True), reaching=True)
    assert not seen.reaching and "wordpress" in seen.left_out


@pytest.mark.wild
def test_after_a_yes_machines_are_asked_and_one_without_wordpress_is_none(cloud: Aws) -> None:
    seen = Board([flows.find("wordpress")], cloud, reaching=True)
    list(seen.look())
    assert seen.left_out == {} and len(seen.rows) == seen.found


class Many:
    """An account with so many VPN connections at gateways that are attached to nothing, buckets that call nothing, and
    images that nobody else has."""

    identity = Identity("123456789012", "", "eu-central-1")

    def __init__(self, many: int) -> None:
        self.many, self.calls = many, list[Call]()

    def make(self, call: Call) -> dict[str, Any]:
        self.calls.append(call)
        match call.operation:
            case "ec2.DescribeVpnConnections":
                every = [_connection(number) for number in range(self.many)]
                wanted = call.params.get("VpnConnectionIds") or [each["VpnConnectionId"] for each in every]
                return {"VpnConnections": [each for each in every if each["VpnConnectionId"] in wanted]}
            case "s3.ListBuckets":
                return {"Buckets": [{"Name": f"b-{n}", "BucketRegion": "eu-central-1"} for n in range(self.many)]}
            case "ec2.DescribeImages":
                return {"Images": [{"ImageId": f"ami-{n:017x}", "State": "available"} for n in range(self.many)]}
        return {}

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        yield self.make(call)


def _connection(number: int) -> dict[str, Any]:
    up = {"Status": "UP", "OutsideIpAddress": "203.0.113.1"}
    return {
        "VpnConnectionId": f"vpn-{number:017x}", "VpnGatewayId": f"vgw-{number:017x}", "State": "available",
        "VgwTelemetry": [up, up],
    }  # fmt: skip


@pytest.mark.parametrize("many", [1, 300])
@pytest.mark.parametrize(
    ("flow", "rows", "each", "once"), [("vpn", 1, 2, 3), ("s3_lambda", 0, 1, 1), ("share_ami", 0, 1, 1)]
)
def test_three_hundred_things_cost_one_call_each(flow: str, rows: int, each: int, once: int, many: int) -> None:
    """Besides those that serve all of them, and one for each tunnel of a VPN: what it has agreed on is told singly."""
    account = Many(many)
    cloud: Cloud = account  # type: ignore[assignment]
    seen = Board([flows.find(flow)], cloud)
    assert {row.verdict.status for row in seen.look()} == ({Status.BROKEN} if rows else set())
    assert len(seen.rows) == many * rows
    assert len(account.calls) == many * each + once
    assert max(sent(account.calls).values()) == 1
