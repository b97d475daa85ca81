"""How tunnels are set as other people leave them: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest
from support.clouds import Between
from support.repairs import check, mended_or_why_not

from flows.engine import Call, Cloud, Denied, Place
from flows.engine.boto import Aws
from flows.practice import PracticeAccount, open_account

Answer = dict[str, Any]
Edit = Callable[[Answer], None]
A, B = "/aws/vendedlogs/vpn/a", "/vpn/b"
ARN = "arn:aws:logs:eu-central-1:123456789012:log-group:"


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeAccount]:
    """Somebody has made two logs, and lets AWS write into the one."""
    with open_account(tmp_path_factory.mktemp("practice"), hurry=True) as account:
        logs = account.session.client("logs")
        statement = {
            "Effect": "Allow", "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": f"{ARN}{A}*:log-stream:*",
            "Condition": {"StringEquals": {"aws:SourceAccount": ["123456789012"]}},
        }  # fmt: skip
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        logs.put_resource_policy(policyName="AWSLogDeliveryWrite20150319", policyDocument=policy)
        for each in (A, f"{A}a", B):
            logs.create_log_group(logGroupName=each)
        yield account


class Edited(Between):
    """An account in which some answers are otherwise."""

    def __init__(self, cloud: Cloud, edits: Mapping[str, Edit]) -> None:
        super().__init__(cloud)
        self.edits = edits

    def make(self, call: Call) -> Answer:
        answer = deepcopy(super().make(call))
        self.edits.get(call.name, lambda answer: None)(answer)
        return answer

    def pages(self, call: Call) -> Iterator[Answer]:
        for page in super().pages(call):
            answer = deepcopy(page)
            self.edits.get(call.name, lambda answer: None)(answer)
            yield answer


def tunnels(*options: Answer, status: str = "UP") -> Edit:
    """The tunnels' options beside their addresses, as AWS tells them."""

    def edit(answer: Answer) -> None:
        (found,) = answer["VpnConnections"]
        for each, told in zip(found["VgwTelemetry"], status.split("/") * 2, strict=False):
            each["Status"] = told
        for each, more in zip(found["Options"]["TunnelOptions"], options, strict=False):
            each.update(more)

    return edit


def into(name: str, *, end: str = "", bgp: str = "") -> Answer:
    told = {"LogEnabled": True, "LogGroupArn": f"{ARN}{name}{end}", "LogOutputFormat": "json"}
    more = {"BgpLogEnabled": True, "BgpLogGroupArn": f"{ARN}{bgp}"} if bgp else {}
    return {"LogOptions": {"CloudWatchLogOptions": {**told, **more}}}


def was_up(answer: Answer) -> None:
    answer["MetricDataResults"] = [{"Id": "state", "Values": [0.0, 1.0]}]


def never(answer: Answer) -> None:
    answer["MetricDataResults"] = []


def denied(_: Answer) -> None:
    raise Denied("You are not allowed to do that.", permission="any:Thing")


@dataclass(frozen=True)
class State:
    """How the tunnels are, how it stands then, because of what, and a part of what is said of that."""

    tunnels: Edit
    status: str
    cause: str = ""
    said: str = ""
    more: Mapping[str, Edit] = field(default_factory=dict)


STATES = {
    "both write into one log": State(tunnels(into(A), into(A)), "works"),
    "as CloudFormation writes the ARN": State(tunnels(into(A, end=":*"), into(A, end=":*")), "works"),
    "each writes into a log of its own": State(tunnels(into(A), into(f"{A}a")), "works"),
    "no policy lets AWS write": State(tunnels(into(B), into(B)), "works_but", "logs", "no policy lets it"),
    "the log is gone": State(tunnels(into(f"{A}aa"), into(f"{A}aa")), "works_but", "logs", "not there"),
    "BGP's log is gone": State(tunnels(into(A, bgp="/gone"), into(A, bgp="/gone")), "works_but", "logs", "/gone"),
    "logs closed to the eye": State(
        tunnels(into(A), into(A)), "unknown", "logs", "could not be read", {"DescribeLogGroups": denied},
    ),
    "new": State(tunnels(status="DOWN"), "waiting", "tunnel", "waits for the device", {"GetMetricData": never}),
    "it was up before": State(tunnels(status="DOWN"), "broken", "tunnel", "the other one", {"GetMetricData": was_up}),
    "nobody may say whether it was up": State(
        tunnels(status="DOWN"), "unknown", "tunnel", "could not be read", {"GetMetricData": denied},
    ),
    "one is down": State(tunnels(status="UP/DOWN"), "works_but", "tunnel", "is down"),
    "one has other methods": State(
        tunnels({"Phase1DHGroupNumbers": [{"Value": 20}]}), "works_but", "alike", "phase 1 groups",
    ),
    "the same methods in another order": State(
        tunnels({"Phase2DHGroupNumbers": [{"Value": 19}, {"Value": 20}]},
                {"Phase2DHGroupNumbers": [{"Value": 20}, {"Value": 19}]}), "works",
    ),
}  # fmt: skip


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_how_it_stands(account: PracticeAccount, state: State) -> None:
    cloud = Edited(Aws(Place(practice=True), account.session), {"DescribeVpnConnections": state.tunnels, **state.more})
    found = check("vpn_options", cloud, {"connection": "branch"})
    shown = [(each.id, each.grade.value, each.sentence) for each in found.findings]
    assert (found.status.value, found.cause.partition(":")[0]) == (state.status, state.cause), shown
    assert state.said in (found.because.sentence if found.because else ""), shown
    assert mended_or_why_not("vpn_options", found) == []
