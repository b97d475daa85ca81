"""Aurora databases: the clusters there are, and how one is made and taken back.

Which calls, in which order, and what AWS answers: Amazon RDS API Reference and Aurora User Guide, 2026-10. A cluster
alone answers nobody: it needs an instance of the class `db.serverless`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from ipaddress import IPv4Network
from typing import Any

from flows.engine import (
    RUN,
    Action,
    Call,
    Cloud,
    Cost,
    Decision,
    Find,
    Kept,
    Late,
    Others,
    Ref,
    Refused,
    Restore,
    Settings,
    Undo,
    Wait,
    before,
    found,
    join,
)

from . import namesakes, own_security_groups, tags
from .aurora_prices import SNAPSHOT
from .aurora_versions import CLASS, PORTS
from .own_security_groups import GROUP
from .security_groups import SecurityGroup
from .subnets import Subnet
from .vpcs import Vpc

AGAIN = (
    "In the RDS console under Snapshots it is restored (or `aws rds restore-db-cluster-from-snapshot`), or deleted (or "
    "`aws rds delete-db-cluster-snapshot`)."
)
FINAL_SNAPSHOT = Decision(
    "final_snapshot",
    "Keep a last snapshot of the data, from which the database can be made again?",
    {"yes": f"Keep one; it costs {SNAPSHOT} until you delete it", "no": "Delete the data for good"},
    default="yes",
    loses="no",
)


def last_snapshot(name: str) -> Decision:
    """Whether a last snapshot of this cluster's data is kept."""
    return replace(FINAL_SNAPSHOT, lost=f"The data of {name} is deleted for good; no snapshot is kept.")


RESERVED = {
    "aurora-postgresql": {
        "admin",
        "rdsadmin",
        "rdsrepladmin",
        "rdstopmgr",
        "rds_superuser",
        "public",
        "user",
        "postgres",
    },
    "aurora-mysql": {"rdsadmin", "root", "mysql", "sys", "public", "user"},
}
"""User names that the engine keeps for itself. Not all of it could be verified; AWS has the last word."""
TAKEN_DATABASES = {"postgres", "rdsadmin", "template0", "template1", "mysql"}
BROKEN = "['failed', 'incompatible-network', 'incompatible-parameters', 'incompatible-restore', 'storage-full']"


@dataclass(frozen=True)
class Capacity:
    """How far a cluster grows and shrinks, in ACU; `pause` are the quiet seconds until it sleeps, at a minimum of 0."""

    least: Decimal
    most: Decimal
    pause: int = 0

    def params(self) -> dict[str, Any]:
        more = {"SecondsUntilAutoPause": self.pause} if self.least == 0 and self.pause else {}
        return {"MinCapacity": float(self.least), "MaxCapacity": float(self.most), **more}


def change_limits(name: str, limits: Capacity, sentence: str) -> Action:
    """Change how far a cluster that exists grows and shrinks, and back again at undo."""
    id, named = f"limits-{name}", {"DBClusterIdentifier": name}
    setting = "ServerlessV2ScalingConfiguration"
    look = Call("rds.DescribeDBClusters", named)
    return Action(
        id,
        sentence,
        Call("rds.ModifyDBCluster", {**named, setting: limits.params()}),
        wait=Wait(
            look,
            ready="DBClusters[0].Status=='available'",
            now="DBClusters[0].Status",
            sentence=f"Waiting until {name} has taken it up",
            typical=30,
            limit=1800,
        ),
        undo=Restore(look, f"DBClusters[0].{setting}", Call("rds.ModifyDBCluster", {**named, setting: before(id)})),
        not_yet=("InvalidDBClusterStateFault",),
        undone=f"The limits of {name}",
    )


# -- to look at ------------------------------------------------------------------------------------------------


OTHER_SERVICES = ("neptune", "docdb")
"""The engines of Neptune and DocumentDB, whose clusters and instances RDS lists among its own; each has limits of its
own (Amazon Neptune and Amazon DocumentDB endpoints and quotas, 2026-11)."""


def is_aurora(cluster: Mapping[str, Any]) -> bool:
    """Whether a cluster is Aurora's: RDS lists those of Neptune, DocumentDB and Multi-AZ clusters too."""
    return str(cluster.get("Engine", "")).startswith("aurora")


def clusters(cloud: Cloud) -> list[dict[str, Any]]:
    """Every cluster in the region, as AWS tells it, whatever its engine: they share their names."""
    return [each for page in cloud.pages(Call("rds.DescribeDBClusters")) for each in page["DBClusters"]]


def every_instance(cloud: Cloud) -> list[dict[str, Any]]:
    """Every instance in the region, as AWS tells it."""
    return [each for page in cloud.pages(Call("rds.DescribeDBInstances")) for each in page["DBInstances"]]


def cluster_name(text: str) -> str:
    """A name for a cluster, in small letters as AWS keeps it. Raises Refused."""
    form = r"(?!.*--)[A-Za-z](?:[A-Za-z0-9-]{0,58}[A-Za-z0-9])?"
    if not re.fullmatch(form, text):
        raise Refused(
            f"“{text}” cannot be its name. The name starts with a letter, has only letters, digits and single hyphens, "
            "does not end with a hyphen and has at most 60 characters (AWS takes 63; its instances get a number added)."
        )
    return text.lower()


def user_name(text: str) -> str:
    """A name for the main user. Raises Refused."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,15}", text):
        raise Refused(f"“{text}” cannot be the user's name: 1 to 16 letters and digits, starting with a letter.")
    return text


def database_name(text: str) -> str:
    """A name for the first database. Raises Refused."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,63}", text) or text.lower() in TAKEN_DATABASES:
        raise Refused(
            f"“{text}” cannot be the database's name. Letters and digits only, starting with a letter, at most 64; "
            f"{', '.join(sorted(TAKEN_DATABASES))} are taken."
        )
    return text


# -- to make ---------------------------------------------------------------------------------------------------


def firewall(name: str, vpc: Vpc) -> Action:
    """The security group of a database."""
    called = f"{name}-db"
    sentence = f"Create the security group {called} in {vpc.called}, its firewall"
    about, group = (
        f"Who may connect to the database {name}",
        join("VpcSecurityGroups[?VpcSecurityGroupId=='", GROUP, "']"),
    )
    theirs = _databases_of_others(name, group, group, "Databases of others are behind it")
    return own_security_groups.firewall(called, about, vpc.id, sentence, "Description=='RDSNetworkInterface'", *theirs)


def let_in(engine: str, sources: Iterable[IPv4Network | SecurityGroup]) -> Action:
    """Let networks, or the servers with certain security groups, connect to the database."""
    port, sources = PORTS[engine], tuple(sources)
    shown = ", ".join(f"{each.name} ({each.id})" if isinstance(each, SecurityGroup) else str(each) for each in sources)
    undone = f"The rule that lets {shown} connect"
    return own_security_groups.let_in((port,), sources, f"Let {shown} connect to port {port}", undone, "cluster")


def subnet_group(name: str, subnets: Iterable[Subnet]) -> Action:
    """The subnets between which a database can move. AWS lists them without their tags."""
    chosen, here = tuple(subnets), {"DBSubnetGroupName": name}
    called = ", ".join(subnet.name or subnet.id for subnet in chosen)
    in_it = f"DBSubnetGroup.DBSubnetGroupName=='{name}'", f"DBSubnetGroup=='{name}'"
    return Action(
        "subnets",
        f"Register the subnets {called} as a place for it",
        Call(
            "rds.CreateDBSubnetGroup",
            {
                **here, "DBSubnetGroupDescription": f"Where the database {name} lives",
                "SubnetIds": [subnet.id for subnet in chosen], "Tags": tags.tags(name),
            },
        ),
        undo=(
            Undo(
                Call("rds.DeleteDBSubnetGroup", here),
                gone=("DBSubnetGroupNotFoundFault",),
                not_yet=("InvalidDBSubnetGroupStateFault",),
            ),
        ),
        others=(
            namesakes.by_tags_of_each(
                "subnet group",
                Call("rds.DescribeDBSubnetGroups", here),
                f"DBSubnetGroups[].['“{name}”', DBSubnetGroupArn]",
                Call("rds.ListTagsForResource", {"ResourceName": found("[1]")}),
                listed="TagList",
            ),
            *_databases_of_others(name, *in_it, "Databases of others are in it"),
        ),
        settings=Settings(
            Call("rds.DescribeDBSubnetGroups", here),
            "DBSubnetGroups[0].{subnets: Subnets && sort(Subnets[].SubnetIdentifier)}",
        ),
        find=Find(
            Call("rds.DescribeDBSubnetGroups"),
            f"DBSubnetGroups[?DBSubnetGroupName=='{name}'] | [0].{{DBSubnetGroup: @}}",
            proof=Call("rds.ListTagsForResource", {"ResourceName": found("DBSubnetGroup.DBSubnetGroupArn")}),
            ours=join("TagList[?Key=='handrail:run'].Value | [0] == '", RUN, "'"),
        ),
        type="AWS::RDS::DBSubnetGroup",
        resource=name,
        undone=f"The subnet group {name}",
    )  # fmt: skip


def _databases_of_others(cluster: str, of_instance: Late, of_cluster: Late, what: str) -> tuple[Others, ...]:
    """Instances and clusters, beside that one, for which the JMESPath is true."""
    instances = join(f"DBInstances[?DBClusterIdentifier!='{cluster}' && ", of_instance, "].DBInstanceIdentifier")
    clusters = join(f"DBClusters[?DBClusterIdentifier!='{cluster}' && ", of_cluster, "].DBClusterIdentifier")
    return (
        Others(Call("rds.DescribeDBInstances"), instances, what, key=""),
        Others(Call("rds.DescribeDBClusters"), clusters, what, key=""),
    )


def cluster(
    name: str, capacity: Capacity, params: Mapping[str, Any], *, protected: bool, instances: Sequence[str],
    after: tuple[str, ...],
) -> Action:  # fmt: skip
    """The cluster: data, name, password and limits. The password is made and kept by AWS.

    `EngineMode` is never sent: `serverless` there means the version that has ended. `instances` are the names of those
    that the run makes in it.
    """
    last = join(f"{name}-final-", RUN)
    named = {"DBClusterIdentifier": name}
    look = Call("rds.DescribeDBClusters", named)
    # what this run protected, it may lay open again
    kept_by = "GlobalClusterIdentifier, ReadReplicaIdentifiers" + (
        "" if protected else ", DeletionProtection && 'its deletion protection'"
    )
    unprotect = Undo(
        Call("rds.ModifyDBCluster", {**named, "DeletionProtection": False, "ApplyImmediately": True}),
        gone=("DBClusterNotFoundFault",),
        not_yet=("InvalidDBClusterStateFault",),
    )
    snapshot = Find(
        Call("rds.DescribeDBClusterSnapshots", {"DBClusterSnapshotIdentifier": last}), "DBClusterSnapshots[0]"
    )
    made = Ref("cluster", "DBCluster.DbClusterResourceId")
    kept = Kept(join("The last snapshot ", *last.parts), f"You asked to keep it. {AGAIN}", SNAPSHOT, snapshot)
    return Action(
        "cluster",
        f"Create the database cluster {name}; AWS keeps its password in Secrets Manager",
        Call(
            "rds.CreateDBCluster",
            {
                **named, "ServerlessV2ScalingConfiguration": capacity.params(), "ManageMasterUserPassword": True,
                "CopyTagsToSnapshot": True, "DeletionProtection": protected,
                "EngineLifecycleSupport": "open-source-rds-extended-support-disabled", "Tags": tags.tags(name),
                **params,
            },
        ),
        wait=Wait(
            look,
            ready="DBClusters[0] | Status=='available' && (MasterUserSecret.SecretStatus || 'active')=='active'",
            failed=f"contains({BROKEN}, DBClusters[0].Status)",
            now="DBClusters[0].Status",
            sentence=f"Waiting until the cluster {name} is available",
            typical=120,
            limit=1800,
        ),
        undo=(
            *((unprotect,) if protected else ()),
            _deleted(name, {"FinalDBSnapshotIdentifier": last}, "yes", kept),
            _deleted(name, {"SkipFinalSnapshot": True}, "no"),
        ),
        others=(
            namesakes.by_id("cluster", look, "DBClusters[0]", "DbClusterResourceId", made),
            namesakes.renamed(
                Call("rds.DescribeDBClusters"), "DBClusters", "DbClusterResourceId", "DBClusterIdentifier", made, name
            ),
            Others(look, f"DBClusters[0].[{kept_by}][] | [?@]", "AWS keeps it as long as this stands", key=""),
            Others(
                look,
                f"DBClusters[0].DBClusterMembers[].DBInstanceIdentifier | [?!contains(`{json.dumps(instances)}`, @)]",
                "Instances of others are in it",
                remove=Call("rds.DeleteDBInstance", {"DBInstanceIdentifier": found("id")}),
            ),
        ),
        settings=Settings(
            look,
            "DBClusters[0].{capacity: ServerlessV2ScalingConfiguration, backups: BackupRetentionPeriod, groups: "
            "VpcSecurityGroups && sort(VpcSecurityGroups[].VpcSecurityGroupId), parameters: DBClusterParameterGroup, "
            "roles: AssociatedRoles[].RoleArn || `[]`, endpoints: CustomEndpoints || `[]`}",
        ),
        find=Find(
            Call("rds.DescribeDBClusters"),
            join(f"DBClusters[?DBClusterIdentifier=='{name}' && ", *_MINE.parts, "] | [0].{DBCluster: @}"),
        ),
        after=after,
        type="AWS::RDS::DBCluster",
        resource=name,
        undone=f"The database cluster {name}",
    )  # fmt: skip


def instance(name: str, number: int, engine: str, *, sleeps: bool, public: bool, costs: tuple[Cost, ...]) -> Action:
    """The server that answers (number 1), or a copy of it to read from.

    A copy of priority 0 or 1 keeps the size of the main one; one of 2 to 15 sleeps on its own.
    """
    called, copy = f"{name}-{number}", number > 1
    named = {"DBInstanceIdentifier": called}
    look, action = Call("rds.DescribeDBInstances", named), f"instance-{number}"
    made = Ref(action, "DBInstance.DbiResourceId")
    return Action(
        action,
        f"Create the read copy {called}" if copy else f"Create the instance {called}, which answers",
        Call(
            "rds.CreateDBInstance",
            {
                **named, "DBClusterIdentifier": name, "Engine": engine, "DBInstanceClass": CLASS,
                "PromotionTier": 15 if copy and sleeps else 1, "PubliclyAccessible": public, "Tags": tags.tags(called),
            },
        ),
        wait=Wait(
            look,
            ready="DBInstances[0].DBInstanceStatus=='available'",
            failed=f"contains({BROKEN}, DBInstances[0].DBInstanceStatus)",
            now="DBInstances[0].DBInstanceStatus",
            sentence=f"Waiting until {called} is available",
            typical=420,
            limit=3600,
        ),
        undo=(
            Undo(
                Call("rds.DeleteDBInstance", named),
                wait=Wait(
                    look, ready="!DBInstances",
                    gone=("DBInstanceNotFound",), now="DBInstances[0].DBInstanceStatus",
                    sentence=f"Waiting until {called} is gone", typical=300, limit=3600,
                ),
                gone=("DBInstanceNotFound", "InvalidDBInstanceState: already being deleted"),
            ),
        ),
        others=(
            namesakes.by_tags("instance", look, "DBInstances", "TagList", called),
            namesakes.renamed(
                Call("rds.DescribeDBInstances"), "DBInstances", "DbiResourceId", "DBInstanceIdentifier", made, called
            ),
            Others(
                look,
                f"DBInstances[?DBClusterIdentifier && DBClusterIdentifier!='{name}'].DBClusterIdentifier",
                "It is part of another cluster", key="",
            ),
        ),
        settings=Settings(
            look, "DBInstances[0].{class: DBInstanceClass, priority: PromotionTier, public: PubliclyAccessible}"
        ),
        part_of=("cluster",),
        find=Find(
            Call("rds.DescribeDBInstances"),
            join(f"DBInstances[?DBInstanceIdentifier=='{called}' && ", *_MINE.parts, "] | [0].{DBInstance: @}"),
        ),
        after=("cluster",),
        type="AWS::RDS::DBInstance",
        resource=called,
        costs=costs,
        undone=f"The instance {called}",
    )  # fmt: skip


_MINE = join("TagList[?Key=='handrail:run' && Value=='", RUN, "']")


def _deleted(name: str, how: Mapping[str, Any], decided: str, kept: Kept | None = None) -> Undo:
    named = {"DBClusterIdentifier": name}
    return Undo(
        Call("rds.DeleteDBCluster", {**named, **how}),
        wait=Wait(
            Call("rds.DescribeDBClusters", named), ready="!DBClusters", gone=("DBClusterNotFoundFault",),
            now="DBClusters[0].Status", sentence=f"Waiting until the cluster {name} is gone", typical=120, limit=3600,
        ),
        gone=("DBClusterNotFoundFault",),
        not_yet=("InvalidDBClusterStateFault",),
        when=(FINAL_SNAPSHOT.key, decided),
        kept=kept,
    )  # fmt: skip
