"""What a person has in hand once AWS's side of a VPN stands: addresses, device files, next steps, proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any

from flows.aws import network, site_to_site_vpn
from flows.engine import Call, Caution, Cloud, CloudError, Finding, Grade, Handover, shell
from flows.engine.flow import parted

from . import behind, device
from .tunnels import measured, waiting

READS = (
    Call("ec2.DescribeVpnConnections"),
    Call("ec2.GetVpnConnectionDeviceTypes"),
    Call("ec2.GetVpnConnectionDeviceSampleConfiguration"),
    Call("ec2.DescribeVpcs"),
    Call("ec2.DescribeRouteTables"),
    Call("ec2.DescribeNetworkAcls"),
    Call("ec2.DescribeSecurityGroups"),
    Call("ec2.DescribeSubnets"),
    Call("ec2.DescribeNetworkInterfaces"),
    Call("ec2.GetManagedPrefixListEntries"),
    Call("cloudwatch.GetMetricData"),
    Call("cloudtrail.LookupEvents"),
)
"""What `hand_over` and a later look at the connection will call; a plan lists it for the permissions."""
PLATFORMS = ("strongswan", "openswan", "libreswan")


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
    """Read the finished connection and write the files for the device. Raises CloudError.

    The keys are in AWS's answers; they go into one file and nowhere else.
    """
    connection = outputs["connection"]
    found = cloud.make(Call("ec2.DescribeVpnConnections", {"VpnConnectionIds": [connection]}))["VpnConnections"][0]
    files: dict[str, str] = {}
    addresses: dict[str, str] = {}
    sample = _sample(cloud, connection)
    try:
        xml = found.get("CustomerGatewayConfiguration") or ""
        configuration = device.parse(xml)
        told = {f"{connection}.xml": xml, **sample}
        files = {name: device.without_keys(text, configuration) for name, text in told.items()}
        files |= device.files(configuration, _site(facts, found))
        for number, tunnel in enumerate(configuration.tunnels, 1):
            addresses[f"tunnel_{number}_aws_address"] = str(tunnel.aws_outside)
            addresses[f"tunnel_{number}_inside_address"] = str(tunnel.device_inside)
        copy = "Copy the files to the office's gateway and follow README.txt, which is among them."
        steps = [
            (f"{copy} The keys are in {device.KEYS} alone.", not waiting(found)),
            (f"See whether it works: {shell.handrail('check', 'vpn', connection=connection)}", False),
        ]
    except device.Unreadable as problem:
        files = sample
        unread = f"AWS's configuration could not be turned into files: {problem} Download it in the AWS console."
        steps = [(unread, False)]
    now, done = parted(*steps)
    costs = f"It costs about {36.5:.2f} USD a month until it is undone, whether it is used or not."
    told = {
        "device_address": facts["gateway_ip"], "networks": ", ".join(facts["networks"]), "routing": facts["routing"],
    }  # fmt: skip
    findings = (*measured(found), *_behind(cloud, found, outputs["vpn_gateway"], facts))
    return Handover({**outputs, **addresses, **told}, files, now, findings, waiting(found), done, (costs,))


def stops(cloud: Cloud, connection: str) -> Iterator[str]:
    """Whether an office is connected by it at this moment. Raises CloudError."""
    if not connection:  # it was not handed over yet
        return
    found = cloud.make(Call("ec2.DescribeVpnConnections", {"VpnConnectionIds": [connection]}))["VpnConnections"]
    up = sum(each.get("Status") == "UP" for one in found for each in one.get("VgwTelemetry") or [])
    if up:
        yield f"The office is connected, {'both tunnels are' if up > 1 else 'one tunnel is'} up: it is cut off at once."


def _behind(cloud: Cloud, found: dict[str, Any], gateway: str, facts: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether the VPC leads to the office and lets it in: without that, nothing answers when the tunnels are up."""
    connection = site_to_site_vpn.connection(found)
    networks = connection.routes if connection.static else facts["networks"]
    try:
        vpc, why = network.vpc(cloud, facts["vpc"]), "DescribeVpcs"
    except CloudError as problem:
        vpc, why = None, str(problem)
    if vpc is None:
        yield Finding("vpc", Grade.NOT_CHECKED, f"The VPC {facts['vpc']} could not be read.", why)
        return
    here = behind.situation(
        cloud, connection, vpc, gateway, tuple(IPv4Network(each, strict=False) for each in networks),
        up=not waiting(found),
    )  # fmt: skip
    for rule in behind.RULES:
        yield from (each for each in rule(here) if not isinstance(each, Caution))


def _site(facts: Mapping[str, Any], found: Mapping[str, Any]) -> device.Site:
    return device.Site(
        name=facts["name"], networks=tuple(facts["networks"]), vpc_cidrs=tuple(facts["vpc_networks"]),
        encryption=facts["encryption"], startup=facts["startup"], behind_nat=facts["behind_nat"],
        interface=facts["interface"], psk_secret_arn=str(found.get("PreSharedKeyArn") or ""),
    )  # fmt: skip


def _sample(cloud: Cloud, connection: str) -> dict[str, str]:
    """AWS's own sample file for a Linux gateway, where the account offers one."""
    try:
        kinds = cloud.make(Call("ec2.GetVpnConnectionDeviceTypes")).get("VpnConnectionDeviceTypes") or []
        for kind in _linux(kinds):
            asked = {"VpnConnectionId": connection, "VpnConnectionDeviceTypeId": kind["VpnConnectionDeviceTypeId"]}
            answer = cloud.make(Call("ec2.GetVpnConnectionDeviceSampleConfiguration", asked))
            return {"aws-sample.txt": answer["VpnConnectionDeviceSampleConfiguration"]}
    except CloudError:  # not every account, region or emulator offers them
        pass
    return {}


def _linux(kinds: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    for platform in PLATFORMS:
        yield from (kind for kind in kinds if platform in f"{kind.get('Vendor')} {kind.get('Platform')}".lower())
