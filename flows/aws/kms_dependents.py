"""What others may have of a key that a run made: other names, permissions, and what they encrypted with it.

AWS KMS API Reference, 2026-11. AWS keeps no list of what is encrypted with a key, so what people encrypt with one that
is made for sharing is looked through: disks and databases.
"""

from __future__ import annotations

from collections.abc import Sequence

from flows.engine import Call, Late, Others, Settings, found, join

from . import ami_dependents, edits
from .rds_snapshots import RESTORE

SERVICE = (
    "(GranteeServicePrincipal || ends_with(GranteePrincipal || '', '.amazonaws.com') "
    "|| contains(GranteePrincipal || '', ':assumed-role/aws:'))"
)
"""JMESPath, true of a permission that one of AWS's services has, for what it keeps: that is looked for itself."""
ENCRYPTED = [{"Name": "encrypted", "Values": ["true"]}]
KEPT = (
    (Call("ec2.DescribeVolumes", {"Filters": ENCRYPTED}), "Volumes", "VolumeId"),
    (Call("ec2.DescribeSnapshots", {"OwnerIds": ["self"], "Filters": ENCRYPTED}), "Snapshots", "SnapshotId"),
    (Call("rds.DescribeDBInstances"), "DBInstances", "DBInstanceArn"),
    (Call("rds.DescribeDBClusters"), "DBClusters", "DBClusterArn"),
    (Call("rds.DescribeDBSnapshots"), "DBSnapshots", "DBSnapshotArn"),
    (Call("rds.DescribeDBClusterSnapshots"), "DBClusterSnapshots", "DBClusterSnapshotArn"),
)
"""How AWS lists what may be encrypted, what it calls the list, and by what each of it is known as nobody else's: by a
run's tag it is not, as copies carry that, too."""


def of_key(id_: Late, alias: Late, region: str) -> tuple[Others, ...]:
    """All that others have of it. `alias` is the name that this run gave it."""
    named = {"KeyId": id_}
    encrypted = (
        Others(
            Call(look.operation, look.params, region),
            join(f"{things}[?ends_with(KmsKeyId || '', '", id_, f"')].{thing}"),
            "It encrypts what others made",
        )
        for look, things, thing in KEPT
    )
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


def shared_under(key: str, accounts: Sequence[str], apart: Sequence[str], region: str) -> tuple[Others, ...]:
    """What others share with one of these accounts and is encrypted with a key that exists: it works by the statements
    in its policy. `apart` is what this run shares itself, as AWS tells it."""
    them, mine = edits.literal(list(accounts)), edits.literal(list(apart))
    what = "Others share what is encrypted with it"
    disk = f"Snapshots[?ends_with(KmsKeyId || '', '{key}') && !contains({mine}, SnapshotId)].SnapshotId"
    whose = {"OwnerIds": ["self"], "RestorableByUserIds": list(accounts), "Filters": ENCRYPTED}
    images = "Images[?BlockDeviceMappings[?Ebs.SnapshotId]]"
    databases = (
        Others(
            Call(f"rds.Describe{kind}s", {"SnapshotType": "manual"}, region),
            f"{kind}s[?ends_with(KmsKeyId || '', '{key}') && !contains({mine}, {kind}Arn)]"
            f".[{kind}Arn, {kind}Identifier]",
            what,
            each=Call(f"rds.Describe{kind}Attributes", {f"{kind}Identifier": found("[1]")}, region),
            leans=f"{RESTORE[kind]} | [?contains({them}, @)]",
        )
        for kind in RESTORE
    )
    return (
        Others(
            Call("ec2.DescribeSnapshots", whose, region), disk, what,
            each=ami_dependents.copying(found("id"), region),
            leans=f"CreateVolumePermissions[?contains({them}, UserId || '')]",
        ),
        Others(
            Call("ec2.DescribeImages", {"Owners": ["self"], "ExecutableUsers": list(accounts)}, region),
            f"{images} | [?!contains({mine}, ImageId)].[ImageId, BlockDeviceMappings[].Ebs.SnapshotId]", what,
            each=Call("ec2.DescribeSnapshots", {"SnapshotIds": found("[1]")}, region),
            leans=f"Snapshots[?ends_with(KmsKeyId || '', '{key}')]",
        ),
        *databases,
    )  # fmt: skip


def policy(id_: Late, region: str) -> Settings:
    """Whom its policy lets use it."""
    look = Call("kms.GetKeyPolicy", {"KeyId": id_, "PolicyName": "default"}, region)
    return Settings(look, "json(Policy).Statement")


def pointed_elsewhere(id_: Late, alias: Late, region: str) -> Others:
    """Another key that our alias names by now: then it is theirs."""
    theirs = join("Aliases[?AliasName=='", alias, "' && TargetKeyId!='", id_, "'].TargetKeyId")
    return Others(Call("kms.ListAliases", region=region), theirs, "Somebody made it the name of another key", key="")
