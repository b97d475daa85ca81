"""A database that never sleeps is let sleep, and has its limits back once that is undone."""

from __future__ import annotations

from typing import Any

import pytest
from aurora.cases import picture
from aurora.standing import As, connected, looked_at
from aurora.states import STATES
from support.clock import FakeClock
from support.repairs import check, mended_or_why_not, repairing
from support.sessions import carried_out, taken_back

from flows.engine import Journal, Refused
from flows.engine.boto import Aws
from flows.engine.repair import chosen
from flows.practice import PracticeAccount

NAMED = {"cluster": "loyalty"}
EVERY_NINE = connected(lambda ago: 1.0 if ago % 9 == 1 else 0.0)


def limits(account: PracticeAccount) -> Any:
    client: Any = account.session.client("rds")
    return client.describe_db_clusters(DBClusterIdentifier="loyalty")["DBClusters"][0][
        "ServerlessV2ScalingConfiguration"
    ]


@pytest.mark.wild
def test_its_minimum_and_back(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    rds: Any = account.session.client("rds")
    rds.modify_db_cluster(
        DBClusterIdentifier="loyalty", ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 4}
    )
    before = limits(account), picture(account.session)
    with pytest.raises(Refused):
        chosen(check("aurora", cloud, NAMED).findings, ["minimum"])
    assert not chosen(check("aurora", cloud, NAMED).findings, ["all"]), "it was chosen so"
    made = repairing("aurora", cloud, journal, clock, NAMED, "keeps-awake-minimum")
    carried_out(made)
    assert (limits(account)["MinCapacity"], limits(account)["MaxCapacity"]) == (0, 4)
    taken_back(made)
    assert (limits(account), picture(account.session)) == before


def test_its_pause_and_back(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    before = limits(account), picture(account.session)
    seen = As(cloud, EVERY_NINE)
    made = repairing("aurora", seen, journal, clock, NAMED)
    carried_out(made)
    assert limits(account)["SecondsUntilAutoPause"] == 420
    assert "keeps-awake-rhythm" not in {each.id for each in check("aurora", seen, NAMED).findings}
    taken_back(made)
    assert (limits(account), picture(account.session)) == before


@pytest.mark.parametrize("state", [name for name, each in STATES.items() if each.status not in ("works", "unknown")])
def test_every_state_has_a_repair_or_a_reason(shared: PracticeAccount, state: str) -> None:
    found = looked_at(shared, STATES[state].name, *STATES[state].told)
    assert mended_or_why_not("aurora", found) == []
