"""What a set-up waits for can be made to come: the device calls, somebody pushes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from s3_lambda.cases import PHOTOS
from spa_pipeline.cases import VARIANTS as DELIVERIES
from support.clock import FakeClock
from support.sessions import carried_out, taken_back
from support.variants import session
from vpn.cases import BGP, STATIC
from wordpress.cases import NEW

from flows.accounts import let_happen, something_comes
from flows.engine import Call, Cloud, Journal, Session
from flows.engine.verdict import Status, verdict
from flows.vpn import diagnosis
from tui import words
from tui.screen.farewell import farewell


def done(cloud: Cloud, journal: Journal, clock: FakeClock, flow: str, answers: Any) -> tuple[Session, dict[str, str]]:
    made = session(cloud, flow, answers)
    made._journal, made._clock = journal, clock
    carried_out(made)
    assert made.run is not None
    return made, made.run.record.handover["outputs"]


@pytest.mark.parametrize("answers", [STATIC, BGP], ids=["static", "bgp"])
def test_the_device_calls_and_the_connection_works(
    cloud: Cloud, journal: Journal, clock: FakeClock, answers: Mapping[str, Any]
) -> None:
    made, outputs = done(cloud, journal, clock, "vpn", answers)
    assert made.hand_over().waiting
    assert "has called" in let_happen(cloud, outputs)
    after = made.hand_over()
    assert not after.waiting and not words.not_right(after)
    assert not any("practice:" in str(each) for each in (after, *made.look()))
    found = verdict(diagnosis.diagnose(cloud, outputs["connection"]))
    assert found.status is Status.WORKS, found.because
    assert set(answers["networks"]) == set(_propagated(cloud))
    assert taken_back(made) and not _propagated(cloud)


def _propagated(cloud: Cloud) -> list[str]:
    found = cloud.make(Call("ec2.DescribeRouteTables"))["RouteTables"]
    routes = [route for table in found for route in table["Routes"]]
    return [route["DestinationCidrBlock"] for route in routes if route["Origin"] == "EnableVgwRoutePropagation"]


@pytest.mark.parametrize("calls", [False, True])
def test_where_no_security_group_lets_the_office_in_the_end_says_so(
    cloud: Cloud, journal: Journal, clock: FakeClock, calls: bool
) -> None:
    made, outputs = done(cloud, journal, clock, "vpn", {**STATIC, "security_groups": []})
    if calls:
        let_happen(cloud, outputs)
    assert "No security group of" in words.not_right(made.hand_over())


@pytest.mark.wild
def test_somebody_pushes_and_the_pipeline_runs(cloud: Cloud, journal: Journal, clock: FakeClock) -> None:
    answers = next(each for each in DELIVERIES.values() if each["source"] == "codecommit")
    made, outputs = done(cloud, journal, clock, "spa_pipeline", answers)
    assert "pushed" in let_happen(cloud, outputs)
    assert not made.hand_over().waiting


def test_a_file_lands_where_the_function_listens(cloud: Cloud, journal: Journal, clock: FakeClock) -> None:
    _, outputs = done(cloud, journal, clock, "s3_lambda", PHOTOS)
    assert let_happen(cloud, outputs) == "The file in/practice.jpg landed in fjord-coffee-files."


def test_a_file_is_deleted_where_the_function_listens_to_nothing_else(
    cloud: Cloud, journal: Journal, clock: FakeClock
) -> None:
    answers = {**PHOTOS, "events": ["s3:ObjectRemoved:*"]}
    _, outputs = done(cloud, journal, clock, "s3_lambda", answers)
    assert let_happen(cloud, outputs) == "The file in/practice.jpg was deleted from fjord-coffee-files."
    there = cloud.make(Call("s3.ListObjectsV2", {"Bucket": "fjord-coffee-files", "Prefix": "in/practice"}))
    assert not there.get("Contents")


def test_wordpress_is_set_up_by_nobody_until_somebody_opens_its_first_page(
    cloud: Cloud, journal: Journal, clock: FakeClock
) -> None:
    """Until then that is the first thing to do: whoever comes first becomes the administrator."""
    made, outputs = done(cloud, journal, clock, "wordpress", NEW)
    before = made.hand_over()
    assert "whoever opens it first" in before.next_steps[0] and not before.done
    assert made.run is not None
    told = "\n".join(farewell(made))
    assert "Left to do: On AWS you would now: Open http://" in told and "becomes the administrator" in told
    assert f"{len(before.next_steps) - 1} more: handrail runs {made.run.id}" in told
    assert "administrator" in let_happen(cloud, outputs)
    after = made.hand_over()
    assert not any("whoever opens it first" in step for step in after.next_steps)
    assert "whoever opens it first" in after.done[-1]


def test_where_nothing_is_to_come_nothing_is_said(cloud: Cloud) -> None:
    assert let_happen(cloud, {"distribution": "E1"}) == ""


@pytest.mark.parametrize(("outputs", "waiting", "more"), [
    ({"connection": "vpn-1"}, True, True), ({"connection": "vpn-1"}, False, False), ({"pipeline": "p"}, False, True),
    ({"notification": "n"}, False, True), ({"distribution": "E1"}, True, False), ({"machine": "i-1"}, False, False),
])  # fmt: skip
def test_it_is_offered_only_where_something_comes(outputs: dict[str, str], waiting: bool, more: bool) -> None:
    assert something_comes(outputs, waiting=waiting) is more
