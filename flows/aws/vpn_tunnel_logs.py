"""What AWS writes down of the tunnels and of BGP: into which log, for how long, and who lets it in there.

AWS takes a log group and no role. Whoever makes the connection needs the rights of log delivery, and the group a policy
that lets AWS's log delivery in (Site-to-Site VPN User Guide, "AWS Site-to-Site VPN logs", 2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flows.engine import Action, Call, Cloud, CloudError, Cost, Others

from . import edits, log_groups
from .tags import ALIVE, NAME

DAYS: Mapping[str, str] = {"7": "A week", "30": "30 days", "90": "90 days", "365": "A year", "731": "Two years"}
"""Of those that AWS takes (CloudWatch Logs API Reference, "PutRetentionPolicy", 2026-11)."""
PRICE = Cost(
    "The tunnels' log", Decimal(0), "2026-11",
    "Amazon CloudWatch pricing page, US East (N. Virginia), vended logs; no price list was read",
    "About 0.50 USD per GB that AWS writes, and 0.03 USD per GB and month that is kept. Two quiet tunnels write some "
    "MB a month, those that cannot come up more.",
)  # fmt: skip


def name_of(name: str) -> str:
    """The log of a connection of that name."""
    return f"{log_groups.VENDED}vpn/{log_groups.named(name)}"


def actions(cloud: Cloud, name: str, days: str, connection: str = "") -> list[Action]:
    """The log of a connection of that name, and what lets AWS deliver into it where nothing does so yet.

    Args:
        cloud: the account.
        name: the connection's.
        days: how long what is written is kept.
        connection: its id; empty if the run makes it.
    """
    log, kept = log_groups.group(name_of(name), name, int(days))
    theirs = (_written_of_others(log_groups.arn(cloud, name_of(name)), connection), _written_by_others(name_of(name)))
    let_in = [] if _delivers(cloud, name) else [replace(_let_in(cloud, name), others=theirs)]
    return [replace(log, costs=(PRICE,), others=(*log.others, *theirs)), kept, *let_in]


def _written_of_others(log: str, connection: str) -> Others:
    """The connections of others that are logged in this log as well, which whoever sets up one may choose."""
    this = edits.literal([log, f"{log}:*"])
    told = "LogOptions.CloudWatchLogOptions"
    written = " || ".join(
        f"({told}.{kind}LogEnabled && contains({this}, {told}.{kind}LogGroupArn || ''))" for kind in ("", "Bgp")
    )
    return Others(
        Call("ec2.DescribeVpnConnections"),
        f"VpnConnections[?{ALIVE} && VpnConnectionId!='{connection}' && Options.TunnelOptions[?{written}]]"
        f".[VpnConnectionId, {NAME}]",
        "VPN connections of others are logged there",
    )


def _written_by_others(log: str) -> Others:
    """What something else than VPN connections, whose streams have their id in the name, writes into this log as well
    (Site-to-Site VPN User Guide, "Site-to-Site VPN log contents", 2026-11).

    AWS itself may have tried whether it can deliver, in a stream whose name says so.
    """
    return Others(
        Call("logs.DescribeLogStreams", {"logGroupName": log}),
        "logStreams[?logStreamName && !contains(logStreamName, 'vpn-') && "
        "!starts_with(logStreamName, 'log_stream_created_by_aws')].logStreamName",
        "Others write into it",
        absent=("ResourceNotFoundException",),
    )


def options(cloud: Cloud, name: str, *, bgp: bool) -> dict[str, Any]:
    """What the options of each tunnel say of the log. That of BGP is written where BGP is spoken."""
    told = {"LogGroupArn": log_groups.arn(cloud, name_of(name)), "LogOutputFormat": "json", "LogEnabled": True}
    logged = {**told, **({f"Bgp{key}": value for key, value in told.items()} if bgp else {})}
    return {"LogOptions": {"CloudWatchLogOptions": logged}}


def _delivers(cloud: Cloud, name: str) -> bool:
    try:
        return log_groups.delivers(cloud, name_of(name), log_groups.policies(cloud))
    except CloudError:  # one more does no harm
        return False


def _let_in(cloud: Cloud, name: str) -> Action:
    return log_groups.let_deliver(cloud, name_of(name))
