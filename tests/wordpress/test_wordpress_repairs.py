"""A machine whose WordPress is not as it should be is put right by the script, and is as before once that is undone."""

from __future__ import annotations

from support.clock import FakeClock
from support.repairs import check, mended_and_back, mended_or_why_not
from wordpress.cases import picture

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

BLOG = {"instance": "blog"}


def test_put_right_and_taken_back(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    found = check("wordpress", cloud, BLOG)
    assert {each.repair for each in found.findings} == {"", "put-right"}
    assert mended_or_why_not("wordpress", found) == []
    machine = "--set mode=existing_instance --set instance="  # the one that was looked at
    assert all(machine in each.remedy for each in found.findings if each.repair)
    mended_and_back("wordpress", cloud, journal, clock, BLOG, lambda: picture(account))
