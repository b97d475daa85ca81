"""Two runs that change the same options of a tunnel: the later one is named, and taken back first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from support.clock import FakeClock
from support.sessions import carried_out, taken_back
from vpn_options.cases import LOGGED, MODERN, ONE, picture, session
from vpn_options.test_vpn_options_apply_and_undo import change, options

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

FIRST: Mapping[str, Any] = {**MODERN, "silent_after": "45"}
AS_IS: Mapping[str, Any] = {**MODERN, "encryption": "as-it-is"}
OTHERWISE: Mapping[str, Any] = {**AS_IS, "phase_1_groups": ["14"], "silent_after": "60"}
BACK: Mapping[str, Any] = {**AS_IS, "ike_versions": ["ikev1", "ikev2"]}
"""One option as it was before the first run."""
ALL_BACK: Mapping[str, Any] = {**AS_IS, "encryption": "compatible", "silent_after": "30"}


@pytest.mark.parametrize("later", [OTHERWISE, BACK, ALL_BACK], ids=["otherwise", "one back", "all back"])
def test_nothing_is_put_back_under_a_later_run_and_all_of_it_afterwards(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, later: Mapping[str, Any]
) -> None:
    before = picture(account.session)
    first = session(cloud, journal, FIRST, clock=clock)
    carried_out(first)
    second = session(cloud, journal, later, clock=clock)
    carried_out(second)
    set_by_both = picture(account.session)
    assert first.run and second.run
    why = f"The run {second.run.id} changed it since: undo that first."
    assert [claim.why for claim in first.claims()] == [why] * 2
    list(first.undo())
    assert [each.why for each in first.receipt().left if each.stays] == [why] * 2
    assert picture(account.session) == set_by_both
    taken_back(second)
    taken_back(first)
    assert picture(account.session) == before


@pytest.mark.parametrize("first", [FIRST, LOGGED], ids=["silent after", "logged"])
def test_a_later_run_that_changed_other_options_is_in_nobodys_way(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, first: Mapping[str, Any]
) -> None:
    made = session(cloud, journal, first, clock=clock)
    carried_out(made)
    carried_out(session(cloud, journal, {**AS_IS, "replay_window": "512"}, clock=clock))
    taken_back(made)
    assert options(account, 1)["ReplayWindowSize"] == 512
    assert len(options(account, 1)["Phase1DHGroupNumbers"]) == 13


def test_of_the_other_tunnel_a_later_run_claims_nothing(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    later = session(cloud, journal, {**ONE, "started_by": "as-it-is"}, clock=clock)
    carried_out(later)
    assert later.run
    assert [(each.action, each.why) for each in made.claims()] == [
        ("tunnel-2", f"The run {later.run.id} changed it since: undo that first.")
    ]


def test_what_a_colleague_put_back_to_where_an_earlier_run_left_it_is_not_that_run_s(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    carried_out(session(cloud, journal, OTHERWISE, clock=clock))
    made = session(cloud, journal, {**OTHERWISE, "phase_1_groups": ["20"], "silent_after": "90"}, clock=clock)
    carried_out(made)
    change(account, 1, DPDTimeoutSeconds=60)
    taken_back(made)
    assert not [each for each in made.receipt().left if "undo that first" in each.why]
    assert options(account, 1)["Phase1DHGroupNumbers"] == [{"Value": 14}]
