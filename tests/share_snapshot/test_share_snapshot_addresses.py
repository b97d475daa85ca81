"""Which snapshot is meant where the name alone does not say it: of a database or a cluster, here or elsewhere."""

from __future__ import annotations

import pytest
from share_snapshot.cases import EXISTING, session
from share_snapshot.states import CLUSTERS, NAME, check
from support.clock import FakeClock
from support.retold import Retold, more

import flows
from flows.engine.boto import Aws
from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount


@pytest.fixture
def of_a_cluster(account: PracticeAccount, both: Aws) -> Aws:
    """A cluster's snapshot with the name that a database's has, and it alone is shared."""
    rds = account.session.client("rds")
    rds.create_db_cluster_snapshot(DBClusterIdentifier="reports", DBClusterSnapshotIdentifier=NAME)
    given = {"AttributeName": "restore", "ValuesToAdd": [SECOND_ACCOUNT_ID]}
    rds.modify_db_cluster_snapshot_attribute(DBClusterSnapshotIdentifier=NAME, **given)
    return both


def test_of_two_with_one_name_the_address_tells_which(of_a_cluster: Aws) -> None:
    assert (check(of_a_cluster, CLUSTERS).status.value, check(of_a_cluster).cause) == ("works", "shared")
    (told,) = [each for each in check(of_a_cluster).findings if each.id == "namesake"]
    assert told.remedy.endswith(CLUSTERS)
    everything = [each.given for each in flows.find("share_snapshot").check.everything(of_a_cluster)]
    assert everything == [{"snapshot": CLUSTERS, "account": SECOND_ACCOUNT_ID}]
    picked = session(of_a_cluster, None, {**EXISTING, "snapshot": CLUSTERS}, FakeClock())
    assert picked.review().plan.outputs["snapshot_arn"] == CLUSTERS


@pytest.mark.parametrize(("engine", "status"), [("docdb", "works"), ("neptune", "works"), ("mysql", "broken")])
def test_whose_snapshots_can_be_shared(of_a_cluster: Aws, engine: str, status: str) -> None:
    """Those of DocumentDB and Neptune can, by the same calls (their guides, "Sharing a cluster snapshot", 2026-11)."""
    told = Retold(of_a_cluster, more("rds.DescribeDBClusterSnapshots", "DBClusterSnapshots", Engine=engine))
    assert check(told, CLUSTERS).status == status
