"""What others may have of a key that a run made: other names, permissions, and what they encrypted with it.

AWS KMS API Reference, 2026-11. AWS keeps no list of what is encrypted with a key, so what a set-up shares is looked
through for it: disks, or databases.
"""

from __future__ import annotations

from collections.abc import Iterable

from flows.engine import RUN, Call, Late, Others, Settings, join

SERVICE = (
    "(GranteeServicePrincipal || ends_with(GranteePrincipal || '', '.amazonaws.com') "
    "|| contains(GranteePrincipal || '', ':assumed-role/aws:'))"
)
"""JMESPath, true of a permission that one of AWS's services has, for what it keeps: that is looked for itself."""
ENCRYPTED = [{"Name": "encrypted", "Values": ["true"]}]
DISKS = (
    (Call("ec2.DescribeVolumes", {"Filters": ENCRYPTED}), "Volumes", "VolumeId"),
    (Call("ec2.DescribeSnapshots", {"OwnerIds": ["self"], "Filters": ENCRYPTED}), "Snapshots", "SnapshotId"),
)
DATABASES = (
    (Call("rds.DescribeDBInstances"), "DBInstances", "DBInstanceIdentifier"),
    (Call("rds.DescribeDBClusters"), "DBClusters", "DBClusterIdentifier"),
    (Call("rds.DescribeDBSnapshots"), "DBSnapshots", "DBSnapshotIdentifier"),
    (Call("rds.DescribeDBClusterSnapshots"), "DBClusterSnapshots", "DBClusterSnapshotIdentifier"),
)
"""How AWS lists what may be encrypted, what it calls the list, and each of it."""
Listed = Iterable[tuple[Call, str, str]]


def of_key(id_: Late, alias: Late, encrypts: Listed, region: str) -> tuple[Others, ...]:
    """All that others have of it. `alias` is the name that this run gave it; what `encrypts` lists may be encrypted."""
    named = {"KeyId": id_}
    of_run = join("[?Key=='handrail:run' && Value=='", RUN, "']")
    encrypted = (
        Others(
            Call(look.operation, look.params, region),
            join(
                f"{things}[?ends_with(KmsKeyId || '', '", id_, "') && !(Tags", of_run, ") && !(TagList", of_run,
                f")].{thing}",
            ),
            "It encrypts what others made",
        )
        for look, things, thing in encrypts
    )  # fmt: skip
    return (
        Others(
            Call("kms.ListAliases", named, region),
            join("Aliases[?AliasName!='", alias, "'].AliasName"),
            "Others gave it names",
        ),
        Others(
            Call("kms.ListGrants", named, region),
            f"Grants[?!{SERVICE}].[GrantId, GranteePrincipal]",
            "Others were given grants for it",
        ),
        *encrypted,
    )


def policy(id_: Late, region: str) -> Settings:
    """Whom its policy lets use it."""
    look = Call("kms.GetKeyPolicy", {"KeyId": id_, "PolicyName": "default"}, region)
    return Settings(look, "json(Policy).Statement")


def pointed_elsewhere(id_: Late, alias: Late, region: str) -> Others:
    """Another key that our alias names by now: then it is theirs."""
    theirs = join("Aliases[?AliasName=='", alias, "' && TargetKeyId!='", id_, "'].TargetKeyId")
    return Others(Call("kms.ListAliases", region=region), theirs, "Somebody made it the name of another key", key="")
