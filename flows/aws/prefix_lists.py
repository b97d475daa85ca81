"""Managed prefix lists: networks under one name, in routes and in security groups."""

from __future__ import annotations

from ipaddress import IPv4Network

from flows.engine import Call, Cloud


def networks(cloud: Cloud, id: str) -> tuple[IPv4Network, ...]:
    """The IPv4 networks in a prefix list. Raises CloudError."""
    asked = Call("ec2.GetManagedPrefixListEntries", {"PrefixListId": id})
    found = [str(each.get("Cidr") or "") for page in cloud.pages(asked) for each in page.get("Entries") or []]
    return tuple(IPv4Network(cidr, strict=False) for cidr in found if "." in cidr)
