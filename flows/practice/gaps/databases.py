"""Aurora clusters as AWS makes and refuses them: versions, capacities, names, places, and the time it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.moto_api._internal import mock_random
from moto.rds.exceptions import RDSClientError
from moto.rds.models import DBCluster, DBInstanceClustered, MasterUserSecret
from moto.rds.responses import RDSResponse

from flows.practice.clock import Life
from flows.practice.gaps import database_sleep, schedules
from flows.practice.gaps.wire import Response, answers

SERVERLESS = "db.serverless"
VERSIONS: dict[str, dict[str, tuple[str, float, float, str]]] = {
    "aurora-postgresql": {
        "18.1": ("18", 0, 256, "available"),
        "17.5": ("17", 0, 256, "available"),
        "17.4": ("17", 0, 256, "available"),
        "16.9": ("16", 0, 256, "available"),
        "16.2": ("16", 0.5, 256, "available"),
        "15.13": ("15", 0, 256, "available"),
        "14.9": ("14", 0.5, 128, "deprecated"),
    },
    "aurora-mysql": {
        "8.0.mysql_aurora.3.10.0": ("8.0", 0, 256, "available"),
        "8.0.mysql_aurora.3.08.2": ("8.0", 0, 256, "available"),
        "8.0.mysql_aurora.3.07.1": ("8.0", 0.5, 256, "available"),
        "8.0.mysql_aurora.3.05.2": ("8.0", 0.5, 128, "deprecated"),
    },
}
"""A handful of what AWS offers: version → major, least and most ACU, status."""
USUAL = {"aurora-postgresql": "17.4", "aurora-mysql": "8.0.mysql_aurora.3.08.2"}
RESERVED = {"rdsadmin", "rdsrepladmin", "rds_superuser", "root", "mysql", "public", "admin"}
CLUSTER_LIFE = ("creating", "available", "deleting", "deleted")
ASKED: Any = {
    name: getattr(RDSResponse, name)
    for name in (
        "call_action", "create_db_cluster", "modify_db_cluster", "create_db_instance", "create_db_subnet_group",
        "delete_db_subnet_group", "describe_orderable_db_instance_options",
    )
}  # fmt: skip


def refuse(code: str, message: str) -> Exception:
    return RDSClientError(code, message)


# -- what there is ---------------------------------------------------------------------------------------------


def _versions(self: Response) -> ActionResult:
    engine, version = self.params.get("Engine"), self.params.get("EngineVersion")
    default = str(self.params.get("DefaultOnly")).lower() == "true"
    found = [
        {
            "Engine": name, "EngineVersion": number, "MajorEngineVersion": major, "Status": status,
            "DBParameterGroupFamily": f"{name}{major}", "SupportedEngineModes": ["provisioned"],
            "ServerlessV2FeaturesSupport": {"MinCapacity": least, "MaxCapacity": most},
        }
        for name, versions in VERSIONS.items()
        for number, (major, least, most, status) in versions.items()
        if engine in (None, name) and version in (None, number) and (not default or USUAL[name] == number)
    ]  # fmt: skip
    return ActionResult({"DBEngineVersions": found})


def _orderable(self: Response) -> ActionResult:
    engine = self.params.get("Engine")
    if engine not in VERSIONS:
        answer: ActionResult = ASKED["describe_orderable_db_instance_options"](self)
        return answer
    class_ = self.params.get("DBInstanceClass") or SERVERLESS
    found = [
        {"Engine": engine, "EngineVersion": number, "DBInstanceClass": class_, "Vpc": True}
        for number in VERSIONS[engine]
        if class_ == SERVERLESS
    ]
    return ActionResult({"OrderableDBInstanceOptions": found})


# -- making and deleting ---------------------------------------------------------------------------------------


def _create_cluster(self: Response) -> ActionResult:
    params, backend = self.params, self.backend
    if str(params.get("Engine")) in VERSIONS:
        _check_cluster(params, backend)
    answer: ActionResult = ASKED["create_db_cluster"](self)
    cluster = answer.result["DBCluster"]  # type: ignore[index]
    cluster.life = Life(CLUSTER_LIFE, 4, 3)
    cluster._enable_http_endpoint = str(params.get("EnableHttpEndpoint")).lower() == "true"
    database_sleep.touched(cluster)
    _complete(cluster)
    return answer


def _check_cluster(params: Any, backend: Any) -> None:
    name, engine, version = params["DBClusterIdentifier"].lower(), params["Engine"], params.get("EngineVersion")
    if name in backend.clusters:
        raise refuse("DBClusterAlreadyExistsFault", f"DB Cluster already exists: {name}")
    if params.get("EngineMode") == "serverless":
        raise refuse(
            "InvalidParameterCombination", "The engine mode serverless you requested is currently unavailable."
        )
    if version and version not in VERSIONS[engine]:
        raise refuse("InvalidParameterCombination", f"Cannot find version {version} for {engine}")
    if params.get("MasterUserPassword") and params.get("ManageMasterUserPassword"):
        raise refuse(
            "InvalidParameterCombination", "You can't specify MasterUserPassword with ManageMasterUserPassword."
        )
    if str(params.get("MasterUsername", "")).lower() in RESERVED:
        raise refuse("InvalidParameterValue", f"MasterUsername {params['MasterUsername']} is a reserved word.")
    if params.get("ServerlessV2ScalingConfiguration"):
        _check_capacity(params["ServerlessV2ScalingConfiguration"], VERSIONS[engine][version or USUAL[engine]])
    group = params.get("DBSubnetGroupName")
    if group and group not in backend.subnet_groups:
        raise refuse("DBSubnetGroupNotFoundFault", f"DB subnet group '{group}' does not exist.")
    known = ec2_backends[backend.account_id][backend.region_name]
    for id_ in params.get("VpcSecurityGroupIds") or []:
        if known.get_security_group_from_id(id_) is None:
            raise refuse("InvalidParameterValue", f"Invalid security group , groupId= {id_}, groupName=.")


def _check_capacity(asked: Any, version: tuple[str, float, float, str]) -> None:
    least, most = float(asked.get("MinCapacity", 0.5)), float(asked.get("MaxCapacity", 1))
    pause = asked.get("SecondsUntilAutoPause")
    if (least * 2) % 1 or (most * 2) % 1:
        raise refuse("InvalidParameterValue", "Capacity must be a multiple of 0.5.")
    if not version[1] <= least <= most <= version[2] or most < 1:
        raise refuse(
            "InvalidParameterValue", f"The capacity {least}-{most} is not valid; {version[1]}-{version[2]} is."
        )
    if pause is not None and (least > 0 or not 300 <= int(pause) <= 86400):
        raise refuse(
            "InvalidParameterValue", "SecondsUntilAutoPause must be 300 to 86400, with a minimum capacity of 0."
        )


def _modify_cluster(self: Response) -> ActionResult:
    cluster = _cluster(self.backend, self.params["DBClusterIdentifier"])
    if not _ready(cluster):
        raise refuse("InvalidDBClusterStateFault", f"DB cluster {cluster.resource_id} is not available.")
    asked = self.params.get("ServerlessV2ScalingConfiguration")
    if asked is not None:
        both = {**_capacity(cluster), **asked.original_dict()}
        if float(both.get("MinCapacity", 0)) > 0:
            both.pop("SecondsUntilAutoPause", None)
        elif "SecondsUntilAutoPause" not in asked:
            both["SecondsUntilAutoPause"] = 300
        if cluster.engine in VERSIONS:
            _check_capacity(both, VERSIONS[cluster.engine][cluster.engine_version])
        self.params["ServerlessV2ScalingConfiguration"] = both
        database_sleep.touched(cluster)
    http = cluster._enable_http_endpoint
    answer: ActionResult = ASKED["modify_db_cluster"](self)
    cluster._enable_http_endpoint = str(self.params.get("EnableHttpEndpoint", http)).lower() == "true"
    return answer


def _delete_cluster(self: Response) -> ActionResult:
    cluster = _cluster(self.backend, self.params["DBClusterIdentifier"])
    if not _ready(cluster):
        raise refuse("InvalidDBClusterStateFault", f"DB cluster {cluster.resource_id} is {cluster.status}.")
    if cluster.deletion_protection:
        raise refuse(
            "InvalidParameterCombination", "Cannot delete protected Cluster, please disable deletion protection."
        )
    if cluster.members:
        raise refuse("InvalidDBClusterStateFault", "Cluster cannot be deleted, it still contains DB instances.")
    last = self.params.get("FinalDBSnapshotIdentifier")
    if bool(last) == (str(self.params.get("SkipFinalSnapshot")).lower() == "true"):
        raise refuse(
            "InvalidParameterCombination", "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is set."
        )
    if last and last in self.backend.cluster_snapshots:
        raise refuse("DBClusterSnapshotAlreadyExistsFault", f"Cannot create the snapshot {last}: it exists.")
    cluster.life.end()
    cluster.last_snapshot = last
    return ActionResult({"DBCluster": cluster})


def _create_instance(self: Response) -> ActionResult:
    params, backend = self.params, self.backend
    cluster_id = params.get("DBClusterIdentifier")
    if cluster_id:
        cluster = _cluster(backend, cluster_id)
        if not _ready(cluster):
            raise refuse("InvalidDBClusterStateFault", f"DB cluster {cluster_id} is {cluster.status}.")
        if params["DBInstanceClass"] == SERVERLESS and not cluster.serverless_v2_scaling_configuration:
            raise refuse(
                "InvalidDBClusterStateFault", "Set the Serverless v2 scaling configuration on the parent DB cluster."
            )
    answer: ActionResult = ASKED["create_db_instance"](self)
    instance = answer.result["DBInstance"]  # type: ignore[index]
    instance.dbi_resource_id = f"db-{mock_random.get_random_hex(26).upper()}"
    if cluster_id:
        instance.life = Life(CLUSTER_LIFE, 5, 3)
        database_sleep.touched(backend.clusters[cluster_id])
    return answer


def _delete_instance(original: Callable[[Any], ActionResult]) -> Callable[[Any], ActionResult]:
    def delete(self: Response) -> ActionResult:
        instance = self.backend.databases.get(self.params.get("DBInstanceIdentifier"))
        life = getattr(instance, "life", None)
        if life is None:
            return original(self)
        if self.params.get("FinalDBSnapshotIdentifier"):
            raise refuse(
                "InvalidParameterCombination", "FinalDBSnapshotIdentifier can not be specified for a cluster member."
            )
        if life.ending is not None:
            raise refuse("InvalidDBInstanceState", f"Instance {instance.resource_id} is already being deleted.")
        life.end()
        return ActionResult({"DBInstance": instance})

    return delete


def _create_group(self: Response) -> ActionResult:
    name = str(self.params.get("DBSubnetGroupName")).lower()
    if name in self.backend.subnet_groups:
        raise refuse("DBSubnetGroupAlreadyExists", f"The DB subnet group '{name}' already exists.")
    known = ec2_backends[self.current_account][self.region]
    chosen = [known.get_subnet(id_) for id_ in self.params.get("SubnetIds", [])]
    if len({subnet.availability_zone for subnet in chosen}) < 2:
        raise refuse(
            "DBSubnetGroupDoesNotCoverEnoughAZs", "The DB subnet group doesn't meet Availability Zone coverage."
        )
    if len({subnet.vpc_id for subnet in chosen}) > 1:
        raise refuse("InvalidSubnet", "The subnets are not all in the same VPC.")
    answer: ActionResult = ASKED["create_db_subnet_group"](self)
    return answer


def _delete_group(self: Response) -> ActionResult:
    name = self.params.get("DBSubnetGroupName")
    used = [each.db_subnet_group_name for each in self.backend.clusters.values()]
    used += [each._db_subnet_group_name for each in self.backend.databases.values() if not each.db_cluster_identifier]
    if name in used:
        raise refuse("InvalidDBSubnetGroupStateFault", f"Cannot delete the subnet group '{name}' because it is in use.")
    answer: ActionResult = ASKED["delete_db_subnet_group"](self)
    return answer


# -- the time it takes -----------------------------------------------------------------------------------------


def _settled_first(self: Response) -> Any:
    """Before anything is answered, schedules did what was due, and what was deleting for long enough is gone."""
    backend = self.backend
    for name, limits in schedules.due(backend.account_id, backend.region_name):
        if (cluster := backend.clusters.get(name)) and _ready(cluster) and cluster.status == "available":
            cluster.serverless_v2_scaling_configuration = dict(limits)
            database_sleep.touched(cluster)
            _complete(cluster)
    for id_, instance in list(backend.databases.items()):
        if (life := getattr(instance, "life", None)) and life.over:
            del backend.databases[id_]
    for id_, cluster in list(backend.clusters.items()):
        if (life := getattr(cluster, "life", None)) and life.over:
            backend.delete_db_cluster(id_, cluster.last_snapshot)
    return ASKED["call_action"](self)


def _status() -> Any:
    """A thing's state by the clock; a state that moto sets, such as stopped, counts once it has grown."""

    def get(self: Any) -> str:
        life, kept = getattr(self, "life", None), self.__dict__.get("_status", "available")
        kept = "available" if kept == "creating" else kept
        return str(kept if life is None or life.ready else life.state)

    def put(self: Any, value: str) -> None:
        self.__dict__["_status"] = value

    return property(get, put)


def _cluster(backend: Any, name: str) -> Any:
    if name.lower() not in backend.clusters:
        raise refuse("DBClusterNotFoundFault", f"DBCluster {name} not found.")
    return backend.clusters[name.lower()]


def _ready(cluster: Any) -> bool:
    life = getattr(cluster, "life", None)
    return life is None or bool(life.ready)


def _capacity(cluster: Any) -> dict[str, Any]:
    kept = cluster.serverless_v2_scaling_configuration or {}
    return dict(kept.original_dict() if hasattr(kept, "original_dict") else kept)


def _complete(cluster: Any) -> None:
    """What AWS fills in: the usual pause, and parameter groups that belong to the engine."""
    both = _capacity(cluster)
    if both and float(both.get("MinCapacity", 0.5)) == 0:
        both.setdefault("SecondsUntilAutoPause", 300)
    cluster.serverless_v2_scaling_configuration = both or None
    if cluster.engine in VERSIONS and cluster.parameter_group == "default.aurora8.0":
        cluster.parameter_group = f"default.{cluster.engine}{VERSIONS[cluster.engine][cluster.engine_version][0]}"


def _secret_name(self: Any) -> str:
    """The same at every replay."""
    return f"rds!{self.resource.resource_type}-{mock_random.uuid4()}"


_delete_db_instance: Any = RDSResponse.delete_db_instance


def install() -> None:
    answers(
        RDSResponse,
        {
            "call_action": _settled_first,
            "describe_db_engine_versions": _versions,
            "describe_orderable_db_instance_options": _orderable,
            "create_db_cluster": _create_cluster,
            "modify_db_cluster": _modify_cluster,
            "delete_db_cluster": _delete_cluster,
            "create_db_instance": _create_instance,
            "delete_db_instance": _delete_instance(_delete_db_instance),
            "create_db_subnet_group": _create_group,
            "delete_db_subnet_group": _delete_group,
            "describe_integrations": lambda _: ActionResult({"Integrations": []}),
        },
    )
    # A cluster's own backups are none of the snapshots that people see, and go with it. moto knows no Aurora storage.
    unseen = {"save_automated_backup": lambda self: None}
    sized: Any = staticmethod(lambda engine, storage_type: 1)
    answers(DBCluster, {"status": _status(), "default_allocated_storage": sized, **unseen})
    answers(DBInstanceClustered, {"status": _status(), **unseen})
    answers(MasterUserSecret, {"_generate_secret_name": _secret_name})
    database_sleep.install()
