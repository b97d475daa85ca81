"""Applied, two schedules change the database by the clock; undone, it is as before, whatever they had set by then."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from database_hours.cases import VARIANTS, picture, session
from support.clock import FakeClock
from support.sessions import carried_out, taken_back

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

LIMITS = "ServerlessV2ScalingConfiguration"
MONDAY = datetime(2026, 12, 7, tzinfo=UTC)


def limits(account: PracticeAccount, name: str = "reports") -> Any:
    (found,) = account.session.client("rds").describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
    return found[LIMITS]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("office")
@pytest.mark.quick
def test_undone_is_as_before(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    before = picture(account.session)
    made = session(cloud, journal, VARIANTS[variant], clock=clock)
    made.review()
    assert picture(account.session) == before
    carried_out(made)
    told = made.hand_over()
    assert {finding.grade.value for finding in told.findings} == {"proved"}
    assert picture(account.session) != before
    taken_back(made)
    assert picture(account.session) == before
