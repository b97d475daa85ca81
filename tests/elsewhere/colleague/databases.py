"""Databases and their snapshots."""

from __future__ import annotations

from collections.abc import Collection

from elsewhere.colleague.deed import NotHere, client, to
from elsewhere.hand import Made

from flows.practice import PracticeAccount


@to("rds.CreateDBCluster", turns=True)
def cluster_protected(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "rds").modify_db_cluster(DBClusterIdentifier=it.id, DeletionProtection=True, ApplyImmediately=True)


@to("rds.CreateDBCluster")
def server_of_theirs_in_the_cluster(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "rds").create_db_instance(
        DBInstanceIdentifier="theirs-1", DBClusterIdentifier=it.id, DBInstanceClass="db.serverless",
        Engine=it.params["Engine"],
    )  # fmt: skip


@to("rds.CreateDBSubnetGroup")
def database_of_theirs_in_our_subnets(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "rds").create_db_instance(
        DBInstanceIdentifier="theirs-2", DBInstanceClass="db.t3.micro", Engine="postgres", MasterUsername="theirs",
        MasterUserPassword="not-a-password", AllocatedStorage=20, DBSubnetGroupName=it.params["DBSubnetGroupName"],
    )  # fmt: skip


@to("rds.CreateDBCluster")
def capacity_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "rds").modify_db_cluster(
        DBClusterIdentifier=it.id, ServerlessV2ScalingConfiguration={"MinCapacity": 1, "MaxCapacity": 4}
    )


@to("rds.CreateDBSnapshot", "rds.CopyDBSnapshot", "rds.ModifyDBSnapshotAttribute")
def snapshot_shared_further(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    rds = client(account, "rds")
    name = it.params.get("TargetDBSnapshotIdentifier") or it.params["DBSnapshotIdentifier"]
    try:
        rds.describe_db_snapshots(DBSnapshotIdentifier=name)
    except rds.exceptions.ClientError:
        raise NotHere from None
    rds.modify_db_snapshot_attribute(DBSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=["333333333333"])


@to("rds.ModifyDBSnapshotAttribute", takes=True)
def snapshot_deleted(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "rds").delete_db_snapshot(DBSnapshotIdentifier=it.params["DBSnapshotIdentifier"])
