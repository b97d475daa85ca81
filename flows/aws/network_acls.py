"""Network ACLs: the numbered lists at the edge of a subnet, of which the first entry that matches decides."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any

from flows.engine import Call, Cloud

from .network import Service

NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1"}
ANSWERS = Service("answers", "tcp", 1024, 65535)
"""The ports to which answers go (Amazon VPC User Guide, "Network ACLs", ephemeral ports, 2026-10)."""


def of(cloud: Cloud, vpc: str) -> tuple[Mapping[str, Any], ...]:
    """The network ACLs of a VPC as AWS tells them. Raises CloudError."""
    asked = Call("ec2.DescribeNetworkAcls", {"Filters": [{"Name": "vpc-id", "Values": [vpc]}]})
    return tuple(each for page in cloud.pages(asked) for each in page.get("NetworkAcls") or [])


def subnets(acl: Mapping[str, Any]) -> set[str]:
    """The subnets that a network ACL guards."""
    return {str(each["SubnetId"]) for each in acl.get("Associations") or [] if each.get("SubnetId")}


def allows(acl: Mapping[str, Any], network: IPv4Network, service: Service, *, egress: bool) -> bool:
    """Whether a network ACL lets a service through, by its first entry that is about all of it."""
    for entry in sorted(acl.get("Entries") or [], key=lambda entry: int(entry.get("RuleNumber") or 0)):
        if bool(entry.get("Egress")) is not egress or not entry.get("CidrBlock"):
            continue
        if not network.subnet_of(IPv4Network(entry["CidrBlock"], strict=False)):
            continue
        protocol = str(entry.get("Protocol"))
        if protocol not in ("-1", service.protocol, NUMBERS.get(service.protocol)):
            continue
        ports = entry.get("PortRange") or {}
        if ports and not (int(ports.get("From", 0)) <= service.first and service.last <= int(ports.get("To", 65535))):
            continue
        return str(entry.get("RuleAction")) == "allow"
    return False
