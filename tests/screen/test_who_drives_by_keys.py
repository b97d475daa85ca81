"""Somebody else goes on with a run while the full screen is on its way to it."""

from __future__ import annotations

import pytest
from person import somebody
from support.clock import FakeClock
from vpn.cases import brought_to_its_end, stopped_half_way

from flows.engine import Cloud, Journal, Place
from flows.engine.boto import Aws
from flows.practice import PracticeAccount
from tui.screen.workspace import Start


@pytest.mark.wild
async def test_a_run_that_ended_meanwhile_is_shown_as_it_is(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """It says so, and nothing is made a second time."""

    def slowly(_: Place) -> Cloud:
        brought_to_its_end(cloud, journal, run, clock)
        return cloud

    ec2, run = account.session.client("ec2"), stopped_half_way(cloud, journal, clock)
    there = len(ec2.describe_vpn_connections()["VpnConnections"])
    async with somebody(slowly, Start(run=run.id)) as person:
        person.sees("was gone on with elsewhere meanwhile, and is waiting for you", "Check again")
        person.does_not_see("Try again", "Go on")
    assert len(ec2.describe_vpn_connections()["VpnConnections"]) == there + 1


@pytest.mark.wild
async def test_two_windows_cannot_drive_one_run(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Not even in one process: the second is told who has it."""
    run = stopped_half_way(cloud, journal, clock)
    async with somebody(cloud, Start(run=run.id)) as first:
        first.sees("stopped half-way", "Undo all")
        async with somebody(cloud, Start(run=run.id)) as second:
            second.sees("is being driven by another Handrail")
