"""What a person has in hand once a snapshot is shared: addresses, proof, and a letter to the receivers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flows.aws import rds_snapshots, shared_keys
from flows.aws.rds_snapshots import CLUSTER, INSTANCE
from flows.engine import Call, Cloud, Finding, Grade, Handover, monthly, shell

READS = tuple(Call(f"rds.Describe{kind}Attributes") for kind in (INSTANCE, CLUSTER))


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
    """Addresses, proof, and a letter to the receivers with the exact commands."""
    kind, region, accounts = facts["kind"], facts["region"], list(facts["accounts"])
    name, arn = outputs["snapshot"], outputs["snapshot_arn"]
    allowed = rds_snapshots.shared_with(cloud, kind, name, region)
    out = [account for account in accounts if account not in allowed]
    told = ", ".join(out or accounts)
    needed = "your snapshot and its key" if outputs.get("key") else "your snapshot"
    return Handover(
        outputs={**outputs, "region": region, "shared_with": ", ".join(accounts)},
        files={
            "for-the-receiver.txt": _letter(kind, name, arn, cloud.identity.account, facts),
            "receiver-policy.json": json.dumps(_policy(outputs.get("key", "")), indent=2) + "\n",
        },
        next_steps=(
            "Send for-the-receiver.txt to the receiver; receiver-policy.json is what their user needs.",
        ),
        notes=(
            *monthly.until_undone(facts),
            f"Until they have a copy of their own, they need {needed}: do not delete before.",
            "Withdrawing it later stops new copies, not those that they have made.",
        ),
        findings=(
            Finding(
                "shared", Grade.REFUSED if out else Grade.PROVED,
                f"{told} may{' not' if out else ''} use the snapshot {arn}.", "its attribute restore",
            ),
        ),
    )  # fmt: skip


def _letter(kind: str, name: str, arn: str, owner: str, facts: Mapping[str, Any]) -> str:
    cluster, encrypted, region = kind == CLUSTER, facts["encrypted"], facts["region"]
    what = "db-cluster-snapshot" if cluster else "db-snapshot"
    key = {"kms_key_id": facts["their_key"]} if encrypted else {}

    def rds(verb: str, *flags: str, **options: str) -> str:
        return shell.aws("rds", verb, "--region", region, *flags, **options)

    copy = rds(f"copy-{what}", **{f"source-{what}-identifier": arn, f"target-{what}-identifier": name}, **key)
    group = {"db_subnet_group_name": "YOUR-SUBNET-GROUP", "vpc_security_group_ids": "YOUR-SECURITY-GROUP"}
    if cluster:
        mine = {"db_cluster_identifier": name}
        limits = {"serverless_v2_scaling_configuration": "MinCapacity=0.5,MaxCapacity=4"}
        engine = {"engine": facts["engine"]}
        server = {"db_instance_identifier": f"{name}-1", "db_instance_class": "db.serverless"}
        restore = [
            rds("restore-db-cluster-from-snapshot", snapshot_identifier=name, **mine, **engine, **limits, **group),
            rds("create-db-instance", "--no-publicly-accessible", **mine, **server, **engine),
        ]
        password = rds("modify-db-cluster", "--manage-master-user-password", **mine)
    else:
        mine = {"db_instance_identifier": name}
        closed = "--no-publicly-accessible"
        restore = [rds("restore-db-instance-from-db-snapshot", closed, db_snapshot_identifier=name, **mine, **group)]
        password = rds("modify-db-instance", "--manage-master-user-password", **mine)
    elsewhere = f"With --source-region {region} and another --region it is copied there in one step."
    must = (
        "It is encrypted with a key of ours: copy it first, with a key of your own; RDS does not restore it directly."
        if encrypted and not cluster
        else "Copy it first: until then you depend on our snapshot" + (" and our key." if encrypted else ".")
    )
    there = {f"{what}-identifier": name}
    ours = f"{kind}s[?contains({kind}Arn, ':{owner}:')]"
    group_name = "--db-cluster-parameter-group-name" if cluster else "--db-parameter-group-name"
    lines = [
        f"A snapshot of a database ({facts['engine']}) is shared with you.", "",
        f"  address  {arn}", f"  region   {region}", "",
        "1. See it (the address, not the name; it appears within a minute)", "",
        f"   {rds(f'describe-{what}s', '--include-shared', snapshot_type='shared', query=ours)}", "",
        f"2. {must}", "", f"   {copy}", f"   {elsewhere}", f"   {rds('wait', f'{what}-available', **there)}", "",
        "3. Restore a database from your copy. Name a subnet group and security groups of your own: left out, it",
        "   lands in the default network.", "", *(f"   {line}" for line in restore), "",
        "4. Users and passwords are those of the original. To have a new password, kept by AWS:", "",
        f"   {password}", "",
        "5. What does not come along:", "",
        f"   Parameter groups: what is restored has the default one, until you name yours with {group_name}.",
        *_options(str(facts.get("option_group") or "")),
        "   Tags: give your copy tags of your own.", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _options(group: str) -> list[str]:
    """What is to be said of the option group; every account has the default ones."""
    if not group or group.startswith("default:"):
        return []
    return [
        f"   Option groups: it was made with our {group}. Make one with the same options first, and name it with",
        "   --option-group-name where you copy and where you restore.",
    ]


def _policy(key: str) -> dict[str, Any]:
    rds = [
        "rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots", "rds:CopyDBSnapshot", "rds:CopyDBClusterSnapshot",
        "rds:RestoreDBInstanceFromDBSnapshot", "rds:RestoreDBClusterFromSnapshot", "rds:CreateDBInstance",
        "rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:AddTagsToResource",
    ]  # fmt: skip
    statements = [
        {"Effect": "Allow", "Action": rds, "Resource": "*"},
        *shared_keys.for_their_user([key] if key else []),
    ]
    return {"Version": "2012-10-17", "Statement": statements}
