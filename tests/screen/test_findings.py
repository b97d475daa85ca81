"""What a check found, in rows: what leads, what is described, what is kept to oneself, and which set-up is opened."""

from __future__ import annotations

from typing import Any, cast

import pytest
from person import Canned

import flows
from flows.engine import Call, Finding, Flow, Grade, Place
from flows.engine.cache import CachedCloud
from flows.engine.checking import Checking
from flows.engine.findings import broken, caution, proved, unknown
from flows.engine.repair import READ_ONLY
from flows.engine.verdict import verdict
from tui import verdicts
from tui.described import laid_out
from tui.screen.screens.described import described
from tui.screen.screens.finding_rows import changes, finding_rows
from tui.screen.workspace import Start
from tui.set_up_from import set_up_from


def test_the_cause_stands_before_what_follows_from_it_and_what_is_right_last() -> None:
    from dataclasses import replace

    shut = broken("port", "The port is closed.", "DescribeSecurityGroups", "Open it.")
    late = replace(broken("page", "The page does not come.", "its address", "Mend the port."), follows=("port",))
    found = [proved("dns", "The name is right.", "ListResourceRecordSets"), late, shut, caution("tls", "Old TLS.", "x")]
    found.append(unknown("log", "The log was not read.", "logs:GetLogEvents was refused"))
    rows = finding_rows(verdict(found), "the site", Flow, read_only=True)
    assert (rows[0].lead, rows[0].text) == ("broken", "It does not work: The port is closed.")
    assert [row.text for row in rows if row.kind == "heading"] == [
        "Because", "What follows from it", "Not as it should be, either", "Could not be looked at",
        "Looked at, and right",
    ]  # fmt: skip
    assert "The port is closed.\nDo: Open it.\nSeen in: DescribeSecurityGroups" in [row.text for row in rows]
    assert READ_ONLY in [row.text for row in rows]


def test_what_could_be_otherwise_is_not_under_what_is_right_and_nobody_is_told_to_do_it() -> None:
    option = Finding("names", Grade.PROVED, "The option is off.", "x", "If names should lead there: switch it on.")
    made = Finding("https", Grade.PREDICTED, "Nothing listens for https.", "x", "Make one.").mended_by(lambda cloud: [])
    told = verdict([proved("dns", "Right.", "x"), option, made])
    assert told.status == "works"
    rows = finding_rows(told, "the site", Flow)
    at = [row.text for row in rows].index("Not wrong, and perhaps not meant")
    assert [row.text for row in rows[at:]] == [
        "Not wrong, and perhaps not meant",
        "The option is off.\nIf names should lead there: switch it on.",
        "Nothing listens for https.\nIf it is to be otherwise: Make one.\nf does it.",
        "", "Looked at, and right", "Right.",
    ]  # fmt: skip
    by_lines = verdicts.checked(Flow, told, Place())
    assert "[proved] The option is off. If names should lead there: switch it on." in by_lines
    assert "[predicted] Nothing listens for https. If it is to be otherwise: Make one." in by_lines


def test_what_is_outside_is_never_under_works_and_not_said_to_have_been_looked_at() -> None:
    page = unknown("outside", "No page was fetched.", "none", "Allow it: --set probe=yes", aside=True)
    told = verdict([page, proved("dns", "Right.", "x")])
    rows = finding_rows(verdicts.done_by(told, {"probe": "yes"}, "press g"), "the site", Flow)
    assert rows[0].text == "It works: everything on the way was looked at. What is outside of it was not."
    assert [row.text for row in rows if row.kind == "heading"] == ["Looked at, and right", "Outside, and not looked at"]
    assert "No page was fetched.\nDo: Allow it: press g\nSeen in: none" in [row.text for row in rows]
    by_lines = verdicts.checked(Flow, told, Place())
    assert by_lines.index("[not checked] No page was fetched. Allow it: --set probe=yes") > by_lines.index(
        "[proved] Right."
    )


def test_before_stands_beside_after() -> None:
    before = verdict([broken("port", "Closed.", "x", "Open it."), broken("rule", "Shadowed.", "x", "Swap."),
                      proved("dns", "Right.", "x")])  # fmt: skip
    after = verdict([proved("port", "Open.", "x"), proved("dns", "Right.", "x")])
    assert [(row.lead, row.text) for row in changes(before, after)][2:] == [
        ("refused", "Closed."), ("now proved", "Open."), ("refused", "Shadowed."),
        ("now", "This is not found any more."),
    ]  # fmt: skip


def test_a_thing_is_described_without_another_call_and_no_secret_is_shown() -> None:
    sent: list[Call] = []

    def connections(call: Call) -> dict[str, Any]:
        sent.append(call)
        options = {"TunnelOptions": [{"PreSharedKey": "hidden-key"}]}
        return {"VpnConnections": [
            {"VpnConnectionId": "vpn-1", "CustomerGatewayConfiguration": "<hidden-key/>", "Options": options},
            {"VpnConnectionId": "vpn-2"},
        ]}  # fmt: skip

    cloud = CachedCloud(Canned({"ec2.DescribeVpnConnections": connections}))
    cloud.make(Call("ec2.DescribeVpnConnections", {}))
    told = "\n".join(row.text for row in described(proved("up:vpn-1", "It is up.", "DescribeVpnConnections"), cloud))
    assert "As AWS describes it: DescribeVpnConnections" in told and "VpnConnectionId: vpn-1" in told
    assert "vpn-2" not in told and "hidden-key" not in told and told.count("(not shown)") == 2
    assert described(proved("dns", "Right.", "the name"), cloud) == []
    assert len(sent) == 1
    policy = '{"Statement": [{"Condition": {"StringEquals": {"aws:Referer": "hidden-key"}}}]}'
    assert not [text for text in laid_out({"Policy": policy}) if "hidden-key" in text]


@pytest.mark.parametrize(
    ("remedy", "start"),
    [
        (
            "Make one: handrail --practice run alb --set load_balancer=shop",
            Start("alb", answers={"load_balancer": "shop"}),
        ),
        ("Set it up: handrail run s3_lambda.", Start("s3_lambda")),
        ("Open the port.", Start("alb", answers={"load_balancer": "shop"})),
    ],
)  # fmt: skip
def test_the_set_up_that_the_remedy_names_is_opened(remedy: str, start: Start) -> None:
    class Asked:
        made = flows.find("alb")

        def subject(self) -> dict[str, str]:
            return {"load_balancer": "shop"}

    assert set_up_from(verdict([broken("x", "Closed.", "y", remedy)]), cast("Checking", Asked())) == (
        start.flow,
        start.answers,
    )


def test_a_check_that_is_named_otherwise_is_asked_nothing_more() -> None:
    check = flows.find("website").check
    assert check.whole({"domain": "a.example"}) == {"distribution": "not-listed", "probe": "no", "domain": "a.example"}
