"""The check of a VPN's tunnels names a run that was left half-way, with what it did and how to go on."""

from __future__ import annotations

from pathlib import Path

from support.clock import FakeClock
from support.sessions import carried_out, problems_of, taken_back
from vpn_options.cases import MODERN, TIMES, session
from vpn_options.test_vpn_options_apply_and_undo import branch, speaks

import flows
from flows.engine import Finding, Grade, Journal
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.verdict import verdict
from flows.practice import PracticeAccount


def told(cloud: Aws) -> list[Finding]:
    """What the check says of runs, by the connection's name."""
    found = verdict(flows.find("vpn_options").diagnose(CachedCloud(cloud), {"connection": "branch"})).findings
    return [each for each in found if each.id.startswith("run:")]


def test_a_run_that_stopped_between_the_tunnels_is_named(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    speaks(account, "ikev1")
    made = session(cloud, journal, MODERN, clock=clock)
    assert problems_of(made) and made.run
    one, two = (each["OutsideIpAddress"] for each in branch(account)["Options"]["TunnelOptions"])
    (found,) = told(cloud)
    assert (found.id, found.grade) == (f"run:{made.run.id}", Grade.CAUTION)
    assert found.sentence == (
        f"The run {made.run.id} stopped half-way. Begun or done: Change tunnel 1 ({one}): methods of encryption. "
        f"Not done: Change tunnel 2 ({two}): methods of encryption."
    )
    assert f"handrail resume {made.run.id}" in found.remedy and f"handrail undo {made.run.id}" in found.remedy
    taken_back(made)
    assert told(cloud) == []


def test_an_undo_that_did_not_come_to_its_end_is_named(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, TIMES, clock=clock)
    carried_out(made)
    assert made.run
    for _ in made.undo({}):
        made.stop()
    (found,) = told(cloud)
    assert found.sentence.startswith(f"The undo of the run {made.run.id} did not come to its end. It has left: Change")
    assert found.remedy == f"Go on with it: handrail undo {made.run.id}"


def test_of_what_is_whole_or_elsewhere_nothing_is_said(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    made = session(cloud, journal, TIMES, clock=clock)
    carried_out(made)
    assert told(cloud) == []
    assert made.run
    made.run.set_status("failed")
    assert len(told(cloud)) == 1
    made.run.move(made.run.record.place, "210987654321")
    assert told(cloud) == []


def test_without_a_journal_it_is_none_the_worse_and_makes_none(cloud: Aws, tmp_path: Path) -> None:
    assert told(cloud) == []
    assert not (tmp_path / "state").exists()
    (tmp_path / "state" / "handrail").mkdir(parents=True, mode=0o700)
    (tmp_path / "state" / "handrail" / "journal.db").write_text("no journal")
    assert told(cloud) == []
