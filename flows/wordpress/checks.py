"""What can stand in the way of a machine with WordPress, looked at beforehand. Everything here only reads."""

from __future__ import annotations

from collections.abc import Iterator

from flows.aws import instances, own_security_groups, roles, service_quotas
from flows.engine import Call, Caution, Cloud, Finding
from flows.engine.findings import broken, likely, proved, unknown


def names_free(cloud: Cloud, name: str, place: instances.Place) -> Iterator[Finding]:
    """Whether the role and the security group can have that name."""
    remedy = "Choose another name."
    if roles.taken(cloud, name):
        yield broken("role", f"A role named {name} exists already.", "iam:GetRole", remedy)
    elif own_security_groups.group_taken(cloud, name, place.vpc):
        yield broken(
            "firewall",
            f"A security group named {name} exists already in {place.vpc}.",
            "ec2:DescribeSecurityGroups",
            remedy,
        )
    else:
        yield proved("name", f"No role and no security group is called {name} yet.", "iam:GetRole")


def plain(domain: str) -> Caution:
    """That what is made speaks http, until somebody adds a certificate."""
    later = "at the end you get the lines for it" if domain else "that takes a name of your own"
    return Caution(
        "plain-http",
        "The page speaks plain http at first: browsers call it “Not secure”, and passwords are readable on the way. "
        f"Add https before you work with it; {later}.",
    )


def address_left(cloud: Cloud) -> Finding:
    """Whether the account may have one more fixed address; 5 in a region are usual (Amazon EC2 quotas, 2026-10)."""
    used = sum(len(page["Addresses"]) for page in cloud.pages(Call("ec2.DescribeAddresses")))
    told = "{} of {} fixed addresses (Elastic IPs) are in use in this region."
    most = service_quotas.limit(cloud, "ec2", "L-0263D0A3")
    if most is None:
        words = told.format(used, "the usual 5")
        return (likely if used < 5 else unknown)("addresses", words, "counted; the account's own limit was not told")
    told = told.format(used, most)
    if used >= most:
        return broken(
            "addresses", told, "counted in your account", "Release one, or ask AWS to raise the quota L-0263D0A3."
        )
    return proved("addresses", told, "counted in your account")
