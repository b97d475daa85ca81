"""What a person has in hand once AWS's side of a VPN stands: addresses, device files, next steps, proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any

from flows.aws import site_to_site_vpn, vpcs, vpn_devices
from flows.aws.vpn_devices import LINUX, VpnDevice
from flows.engine import Action, Call, Caution, Cloud, CloudError, Finding, Grade, Handover, Use, monthly, shell
from flows.engine.flow import parted

from . import behind, device, devices, method_by_method, own_keys, transit_gateway
from .answers import ONE_BY_ONE, WITH_THE_CONNECTION, Answers
from .steps import PRICE
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
    Call("ec2.DescribeInstances"),
    Call("ec2.GetManagedPrefixListEntries"),
    Call("cloudwatch.GetMetricData"),
    Call("cloudtrail.LookupEvents"),
    Call("ec2.GetActiveVpnTunnelStatus"),
    Call("cloudwatch.DescribeAlarms"),
    Call("sns.GetTopicAttributes"),
    Call("kms.DescribeKey"),
    Call("kms.GetKeyPolicy"),
    Call("logs.DescribeLogStreams"),
    Call("logs.GetLogEvents"),
)
"""What `hand_over` and a later look at the connection will call; a plan lists it for the permissions."""
AT_A_HUB = (
    Call("ec2.DescribeTransitGatewayAttachments"),
    Call("ec2.DescribeTransitGatewayVpcAttachments"),
    Call("ec2.GetTransitGatewayRouteTablePropagations"),
    Call("ec2.SearchTransitGatewayRoutes"),
)
"""What it calls besides for a connection that ends at a transit gateway."""
STRONGSWAN = "Strongswan"
"""As AWS calls the vendor of strongSwan."""


def noted(flow: Answers, things: Iterable[Action | Use], *, made: bool) -> dict[str, Any]:
    """What a run notes for `hand_over`: of the answers, what the things of its plan cost, and whether it makes the
    connection."""
    linux = flow.device == LINUX
    return {
        "name": flow.name,
        "vpc": flow.vpc.id,
        "vpc_networks": [str(n) for n in flow.vpc.networks],
        "networks": [str(n) for n in flow.networks],
        "gateway_ip": str(flow.gateway_ip),
        "routing": flow.routing,
        "encryption": flow.encryption,
        "options": method_by_method.chosen(flow) if flow.encryption == ONE_BY_ONE else {},
        "startup": flow.startup,
        "behind_nat": flow.behind_nat,
        "interface": flow.interface if linux else "",
        **monthly.noted(things),
        **({} if made or flow.keys == WITH_THE_CONNECTION else {"keys_unused": flow.keys}),
        "device": vpn_devices.noted(flow.device),
    }


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
    """Read the finished connection and write the files for the device. Raises CloudError.

    The keys are in AWS's answers; they go into one file and nowhere else.
    """
    connection = outputs["connection"]
    found = cloud.make(Call("ec2.DescribeVpnConnections", {"VpnConnectionIds": [connection]}))["VpnConnections"][0]
    files: dict[str, str] = {}
    addresses: dict[str, str] = {}
    try:
        xml = found.get("CustomerGatewayConfiguration") or ""
        configuration = device.parse(xml)
        files, todo = _files(cloud, found, configuration, facts)
        files[f"{connection}.xml"] = device.without_keys(xml, configuration)
        for number, tunnel in enumerate(configuration.tunnels, 1):
            addresses[f"tunnel_{number}_aws_address"] = str(tunnel.aws_outside)
            addresses[f"tunnel_{number}_inside_address"] = str(tunnel.device_inside)
        steps = [
            (todo, not waiting(found)),
            (f"See whether it works: {shell.handrail('check', 'vpn', connection=connection)}", False),
        ]
    except device.Unreadable as problem:
        unread = f"AWS's configuration could not be turned into files: {problem} Download it in the AWS console."
        files = {name: text for name, text in (("aws-sample.txt", _sample(cloud, found, facts)),) if text}
        steps = [(unread, False)]
    now, done = parted(*steps)
    unused = facts.get("keys_unused", "")
    kept = [own_keys.kept(connection, unused)] if unused else []
    told = {
        "device_address": facts["gateway_ip"], "networks": ", ".join(facts["networks"]), "routing": facts["routing"],
    }  # fmt: skip
    hub = str(found.get("TransitGatewayId") or "")
    behind_it = _at_hub(cloud, found, hub) if hub else _behind(cloud, found, outputs["vpn_gateway"], facts)
    findings = (*measured(found), *behind_it)
    notes = (*kept, *monthly.until_undone(facts, otherwise=PRICE.usd_per_month))
    return Handover({**outputs, **addresses, **told}, files, now, findings, waiting(found), done, notes)


def _at_hub(cloud: Cloud, found: dict[str, Any], hub: str) -> Iterator[Finding]:
    """Whether the transit gateway leads to the VPC and back, and the VPC to the office."""
    connection = site_to_site_vpn.connection(found)
    yield from transit_gateway.looked_at(cloud, connection, hub, up=not waiting(found))


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
        vpc, why = vpcs.vpc(cloud, facts["vpc"]), "DescribeVpcs"
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
        encryption=facts["encryption"], options=facts.get("options", {}), startup=facts["startup"],
        behind_nat=facts["behind_nat"], interface=facts["interface"] or "eth0",
        psk_secret_arn=str(found.get("PreSharedKeyArn") or ""),
    )  # fmt: skip


def _files(
    cloud: Cloud, found: dict[str, Any], configuration: device.Configuration, facts: Mapping[str, Any]
) -> tuple[dict[str, str], str]:
    """The files for the device, and what to do with them."""
    site, kind = _site(facts, found), facts.get("device", LINUX)  # a run of an earlier version knows Linux alone
    if kind != LINUX:
        other = VpnDevice(**kind)
        made = devices.files(cloud, found, configuration, site, other)
        keys = f"The keys are in {made.keys} alone." if made.keys else "The keys are in AWS Secrets Manager."
        return made.texts, f"Set up the {other.called} in the office by README.txt. Beside it: {made.told} {keys}"
    copy = "Copy the files to the office's gateway and follow README.txt, which is among them."
    texts = device.files(configuration, site)
    if sample := _sample(cloud, found, facts):
        texts["aws-sample.txt"] = device.without_keys(sample, configuration)
    return texts, f"{copy} The keys are in {device.KEYS} alone."


def _sample(cloud: Cloud, found: dict[str, Any], facts: Mapping[str, Any]) -> str:
    """AWS's own sample, with the keys, where the account offers one: for strongSwan, where the device is Linux."""
    kind = facts.get("device", LINUX)
    try:
        fitting = [VpnDevice(**kind)] if kind != LINUX else _strongswan(cloud)
        allowed = devices.allowed(found)
        return next((devices.best(cloud, found["VpnConnectionId"], each, allowed).text for each in fitting), "")
    except CloudError:  # not every account, region or emulator offers them
        return ""


def _strongswan(cloud: Cloud) -> list[VpnDevice]:
    return [each for each in vpn_devices.devices(cloud) if each.vendor == STRONGSWAN]
