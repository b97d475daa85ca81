"""A tunnel's options are changed as on AWS: one at a time, and only what fits."""

from __future__ import annotations

from typing import Any

import pytest
from practice.office import office, refused, the_connection

LISTED = [{"Value": "ikev1"}, {"Value": "ikev2"}]


def modify(ec2: Any, made: Any, number: int = 0, **options: Any) -> Any:
    address = made["Options"]["TunnelOptions"][number]["OutsideIpAddress"]
    which = {"VpnConnectionId": made["VpnConnectionId"], "VpnTunnelOutsideIpAddress": address}
    return ec2.modify_vpn_tunnel_options(**which, TunnelOptions=options)


def test_what_is_not_named_stays(ec2: Any) -> None:
    made = office(ec2)
    modify(ec2, made, Phase1LifetimeSeconds=7200, Phase2LifetimeSeconds=1800)
    modify(ec2, made, IKEVersions=[{"Value": "ikev2"}], StartupAction="start")
    one, two = the_connection(ec2, made["VpnConnectionId"])["Options"]["TunnelOptions"]
    assert (one["Phase1LifetimeSeconds"], one["StartupAction"], one["IkeVersions"]) == (
        7200, "start", [{"Value": "ikev2"}],
    )  # fmt: skip
    assert (two["StartupAction"], "IkeVersions" in two) == ("add", False)


def test_what_fits_with_what_stays_is_taken(ec2: Any) -> None:
    """Though it would not fit with AWS's defaults."""
    made = office(ec2)
    modify(ec2, made, Phase2LifetimeSeconds=1800, IKEVersions=[{"Value": "ikev2"}])
    modify(ec2, made, Phase1LifetimeSeconds=3600)
    modify(ec2, made, StartupAction="start")
    one, _ = the_connection(ec2, made["VpnConnectionId"])["Options"]["TunnelOptions"]
    assert (one["Phase1LifetimeSeconds"], one["StartupAction"]) == (3600, "start")


@pytest.mark.parametrize(
    "options",
    [
        {"Phase2LifetimeSeconds": 3600, "Phase1LifetimeSeconds": 3600},
        {"Phase2LifetimeSeconds": 900, "RekeyMarginTimeSeconds": 451},
        {"Phase1LifetimeSeconds": 899},
        {"ReplayWindowSize": 2049},
        {"DPDTimeoutSeconds": 29},
        {"RekeyFuzzPercentage": 101},
        {"DPDTimeoutAction": "hold"},
        {"StartupAction": "start"},
        {"StartupAction": "start", "IKEVersions": LISTED},
        {"Phase1DHGroupNumbers": [{"Value": 5}]},
        {"LogOptions": {"CloudWatchLogOptions": {"LogEnabled": True, "LogGroupArn": "arn:aws:logs:x:1:log-group:no"}}},
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(ec2: Any, options: Any) -> None:
    made = office(ec2)
    with refused("InvalidParameterValue"):
        modify(ec2, made, **options)


def test_a_tunnel_that_is_not_there_and_no_options_are_refused(ec2: Any) -> None:
    made = office(ec2)
    with refused("MissingParameter"):
        modify(ec2, made)
    with refused("InvalidParameterValue"):
        ec2.modify_vpn_tunnel_options(
            VpnConnectionId=made["VpnConnectionId"], VpnTunnelOutsideIpAddress="192.0.2.1",
            TunnelOptions={"ReplayWindowSize": 64},
        )  # fmt: skip
