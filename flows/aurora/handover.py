"""What a person has in hand once a database stands: addresses, lines to connect with, and proof that it answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from flows.aws import aurora_prices as prices
from flows.aws import sleeping_clients
from flows.aws.aurora_versions import PORTS, POSTGRESQL, shown
from flows.engine import Action, Call, Cloud, CloudError, Finding, Grade, Handover, Identity, Late, seen, shell

PATIENCE = 30
"""Seconds that a client should wait for a connection: waking takes 15 to 30 (Aurora User Guide, 2026-10)."""

RESUMING = "DatabaseResumingException"
AGAIN = "ask again every 3 seconds, for 2 minutes at most."
"""What the Data API says while a database wakes, and what to do: of the SDKs' retries it is no part (Aurora User Guide,
"Automatic pause and resume", and RDS Data API Reference, 2026-11)."""
WAKING = f"While it wakes, SQL over HTTPS answers {RESUMING}, and the SDKs do not repeat it by themselves: {AGAIN}"


def reads(who: Identity, cluster: Action, *, sql: bool) -> tuple[Call, ...]:
    """What `hand_over` will call; `sql`: whether SQL over HTTPS is allowed."""
    name = cluster.call.params["DBClusterIdentifier"]
    arn = f"arn:{who.partition}:rds:{who.region}:{who.account}:cluster:{name}"
    look = Call("rds.DescribeDBClusters", {"DBClusterIdentifier": name})
    return (look, select(arn, outputs(cluster, POSTGRESQL, "", "")["secret"])) if sql else (look,)


def outputs(cluster: Action, engine: str, database: str, user: str) -> dict[str, Late]:
    """What the plan promises to tell."""
    first = "DBClusters[0]"
    return {
        "cluster": cluster.resource,
        "endpoint": seen(cluster.id, f"{first}.Endpoint"),
        "reader_endpoint": seen(cluster.id, f"{first}.ReaderEndpoint"),
        "port": str(PORTS[engine]),
        "database": database,
        "user": user,
        "secret": seen(cluster.id, f"{first}.MasterUserSecret.SecretArn"),
        "arn": seen(cluster.id, f"{first}.DBClusterArn"),
    }


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
    """How to connect, and whether it answers. The password stays in Secrets Manager. Raises CloudError."""
    sleeps = Decimal(facts["min_capacity"]) == 0
    awake = prices.monthly(max(Decimal(facts["min_capacity"]), Decimal("0.5")), facts["storage"])
    secret = outputs["secret"]
    place = {"resource_arn": outputs["arn"], "secret_arn": secret, "database": outputs["database"]}
    by_https = bool(facts["data_api"] and secret)
    connect, jdbc = _connect(outputs, facts["engine"]) if facts["outside"] else ("", "")
    steps = [
        *([connect] if facts["outside"] else []),
        *([f"Its password, which the command above asks for: {_password(secret)}"] * bool(facts["outside"] and secret)),
        *([f"SQL over HTTPS: {shell.aws('rds-data', 'execute-statement', **place, sql='SELECT 1')}"] * by_https),
        *([f"Is it asleep? {shell.handrail('task', 'database-awake', cluster=outputs['cluster'])}"] * sleeps),
    ]
    notes = [
        f"The password is in Secrets Manager and changes every 7 days; applications read it there: {secret}"
        if secret
        else "No secret with its password was told; see its MasterUserSecret in the AWS console.",
        *([jdbc] if facts["outside"] else []),
        *([WAKING] * (by_https and sleeps)),
        _costs(facts, awake, sleeps=sleeps),
        "In the AWS console: https://{0}.console.aws.amazon.com/rds/home?region={0}#database:id={1};is-cluster=true".format(
            cloud.identity.region, outputs["cluster"]
        ),
    ]
    clients: dict[str, str] = {}
    if sleeps and by_https:
        clients = sleeping_clients.written(
            outputs["cluster"], cloud.identity.region, outputs["arn"], secret, outputs["database"]
        )
        steps.append(sleeping_clients.STEP)
    return Handover(dict(outputs), clients, tuple(steps), tuple(_proof(cloud, outputs, facts)), notes=tuple(notes))


CONNECT = "Connect from a machine in its VPC that may reach it"


def _password(secret: str) -> str:
    return shell.aws("secretsmanager", "get-secret-value", secret_id=secret, query="SecretString", output="text")


def _costs(facts: Mapping[str, Any], awake: str, *, sleeps: bool) -> str:
    """The sum of the review, and what of it is paid for a database that is awake and idle."""
    span = facts.get("monthly")  # runs of earlier releases did not note it
    told = f"It costs about {span} USD a month, by how much it is used, and storage: " if span else "It costs "
    idle = "if it never sleeps and stays at its smallest" if sleeps else "as long as it stays at its smallest"
    return f"{told}about {awake} for each instance {idle}." if span else f"{told}about {awake} USD a month {idle}."


def _connect(outputs: Mapping[str, str], engine: str) -> Iterator[str]:
    """How a program of the command line connects, and how one in Java."""
    host, port, name, user = (outputs[key] for key in ("endpoint", "port", "database", "user"))
    if engine == POSTGRESQL:
        place = f"host={host} port={port} dbname={name} user={user} sslmode=require connect_timeout={PATIENCE}"
        yield f"{CONNECT}: {shell.command('psql', place)}"
        yield f"JDBC: jdbc:postgresql://{host}:{port}/{name}?sslmode=require&connectTimeout={PATIENCE}&loginTimeout={PATIENCE}"
    else:
        options = {"host": host, "port": port, "user": user, "connect_timeout": str(PATIENCE), "database": name}
        yield f"{CONNECT}: {shell.command('mysql', '-p', '--ssl-mode=REQUIRED', **options)}"
        yield f"JDBC: jdbc:mysql://{host}:{port}/{name}?sslMode=REQUIRED&connectTimeout={PATIENCE}000"


def _proof(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Iterator[Finding]:
    named = {"DBClusterIdentifier": outputs["cluster"]}
    found = cloud.make(Call("rds.DescribeDBClusters", named))["DBClusters"][0]
    set_ = found.get("ServerlessV2ScalingConfiguration") or {}
    asked = {"MinCapacity": Decimal(facts["min_capacity"]), "MaxCapacity": Decimal(facts["max_capacity"])}
    if all(Decimal(str(set_.get(key, -1))) == value for key, value in asked.items()):
        limits = f"{shown(asked['MinCapacity'])} to {shown(asked['MaxCapacity'])} ACU"
        yield Finding("capacity", Grade.PROVED, f"It grows and shrinks from {limits}.", "read from the cluster")
    else:
        told = [f"{key} {_number(set_.get(key))}, asked for {shown(value)}" for key, value in asked.items()]
        what, remedy = "Its limits are not the ones asked for.", "Resume the run."
        yield Finding("capacity", Grade.REFUSED, what, f"DescribeDBClusters: {'; '.join(told)}", remedy)
    if not (facts["data_api"] and outputs["secret"]):
        yield Finding("answers", Grade.NOT_CHECKED, "Whether it answers cannot be tested from this computer.")
        return
    try:
        cloud.make(select(outputs["arn"], outputs["secret"]))
    except CloudError as problem:
        yield Finding("answers", Grade.NOT_CHECKED, "Whether it answers could not be tested.", str(problem))
    else:
        yield Finding("answers", Grade.PROVED, "Your database answers.", "SELECT 1, over HTTPS")


def _number(told: Any) -> str:
    return "is not told" if told is None else f"is {told:g}" if isinstance(told, (int, float)) else f"is {told}"


def select(arn: str, secret: Late) -> Call:
    """The smallest question to a database."""
    return Call("rds-data.ExecuteStatement", {"resourceArn": arn, "secretArn": secret, "sql": "SELECT 1"})
