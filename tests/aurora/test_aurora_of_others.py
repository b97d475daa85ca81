"""What somebody does to a database that a run made, and what an undo leaves because of it."""

from __future__ import annotations

import pytest
from aurora.cases import SLEEPY, session
from support.clock import FakeClock
from support.colleagues import Deed, client, resource, taken_back_after
from support.sessions import carried_out

from flows.engine import Journal, Session
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

EVERYTHING = "firewall let-in subnets cluster instance-1"


def nothing(account: PracticeAccount, made: Session) -> None:
    pass


def protected(account: PracticeAccount, made: Session) -> None:
    client(account, "rds").modify_db_cluster(
        DBClusterIdentifier=resource(made, "cluster"), DeletionProtection=True, ApplyImmediately=True
    )


def server_in_our_cluster(account: PracticeAccount, made: Session) -> None:
    client(account, "rds").create_db_instance(
        DBInstanceIdentifier="theirs-1", DBClusterIdentifier=resource(made, "cluster"),
        DBInstanceClass="db.serverless", Engine="aurora-postgresql",
    )  # fmt: skip


def capacity_edited(account: PracticeAccount, made: Session) -> None:
    client(account, "rds").modify_db_cluster(
        DBClusterIdentifier=resource(made, "cluster"),
        ServerlessV2ScalingConfiguration={"MinCapacity": 1, "MaxCapacity": 4},
    )


def cluster_renamed(account: PracticeAccount, made: Session) -> None:
    client(account, "rds").modify_db_cluster(
        DBClusterIdentifier=resource(made, "cluster"), NewDBClusterIdentifier="orders-db", ApplyImmediately=True
    )


def server_renamed(account: PracticeAccount, made: Session) -> None:
    client(account, "rds").modify_db_instance(
        DBInstanceIdentifier=resource(made, "instance-1"), NewDBInstanceIdentifier="orders-1", ApplyImmediately=True
    )


def server_deleted(account: PracticeAccount, made: Session) -> None:
    client(account, "rds").delete_db_instance(DBInstanceIdentifier=resource(made, "instance-1"))


def database_between_our_subnets(account: PracticeAccount, made: Session) -> None:
    _database(account, DBSubnetGroupName=resource(made, "subnets"))


def database_behind_our_firewall(account: PracticeAccount, made: Session) -> None:
    _database(account, VpcSecurityGroupIds=[resource(made, "firewall")])


def rule_in_our_firewall(account: PracticeAccount, made: Session) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 9000, "ToPort": 9000, "IpRanges": [{"CidrIp": "172.20.0.0/16"}]}
    client(account, "ec2").authorize_security_group_ingress(GroupId=resource(made, "firewall"), IpPermissions=[rule])


def _database(account: PracticeAccount, **more: object) -> None:
    client(account, "rds").create_db_instance(
        DBInstanceIdentifier="theirs-2", DBInstanceClass="db.t3.micro", Engine="postgres", MasterUsername="theirs",
        MasterUserPassword="not-a-password", AllocatedStorage=20, **more,
    )  # fmt: skip


DEEDS = (
    Deed(nothing),
    Deed(protected, EVERYTHING, "AWS keeps it as long as this stands: its deletion protection"),
    Deed(server_in_our_cluster, EVERYTHING, "Instances of others are in it: theirs-1"),
    Deed(capacity_edited, EVERYTHING, "Somebody changed it since it was made"),
    Deed(cluster_renamed, EVERYTHING, "Somebody gave it another name: orders-db"),
    Deed(server_renamed, EVERYTHING, "Somebody gave it another name: orders-1"),
    Deed(server_deleted, gone="instance-1"),
    Deed(database_between_our_subnets, "subnets", "Databases of others are in it: theirs-2"),
    Deed(database_behind_our_firewall, "firewall let-in", "Databases of others are behind it: theirs-2"),
    Deed(rule_in_our_firewall, "firewall let-in", "Somebody put rules into it: sgr-"),
)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.act.__name__)
@pytest.mark.some("server_renamed")
def test_what_somebody_did_to_it_is_left_and_told(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, deed: Deed
) -> None:
    made = session(cloud, journal, SLEEPY, clock=clock)
    carried_out(made)
    taken_back_after(account, made, deed, final_snapshot="no")


@pytest.mark.wild
def test_once_that_was_decided_it_goes_with_what_others_have_there(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, SLEEPY, clock=clock)
    carried_out(made)

    def both(account: PracticeAccount, made: Session) -> None:
        server_in_our_cluster(account, made)
        capacity_edited(account, made)

    taken_back_after(account, made, Deed(both), final_snapshot="no", others="delete")
    assert any("what others had there" in each and "theirs-1" in each for each in made.receipt().removed)
    left = client(account, "rds").describe_db_instances()["DBInstances"]
    assert "theirs-1" not in [each["DBInstanceIdentifier"] for each in left]
