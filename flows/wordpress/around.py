"""What AWS has around a machine with WordPress, and who keeps each of it: firewalls, fixed addresses, its name.

All of it, not the first: a machine has several security groups on several network cards, several addresses, and its
name several records (Amazon EC2 User Guide, "Elastic network interfaces"; Route 53 Developer Guide, 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from flows.aws import keepers, route53, way_in
from flows.engine import Call, Cloud, CloudError, Finding
from flows.engine.findings import broken, caution, proved, unknown

from . import repairs

Told = Mapping[str, Any]
PORTS = (80, 443)
EVERYBODY = ("0.0.0.0/0", "::/0")
GROUPS, ADDRESSES = "ec2:DescribeSecurityGroups", "ec2:DescribeAddresses"


def described(cloud: Cloud, instance: str) -> Told:
    """The machine as EC2 tells it; empty if it tells of none. Raises CloudError."""
    pages = cloud.pages(Call("ec2.DescribeInstances", {"InstanceIds": [instance]}))
    found = [each for page in pages for group in page["Reservations"] for each in group["Instances"]]
    return found[0] if found else {}


def looked_at(cloud: Cloud, machine: Told) -> Iterator[Finding]:
    """Who keeps it, whom its firewalls let in, and what of it has fixed addresses."""
    id_ = str(machine["InstanceId"])
    yield from keepers.told(id_, f"The machine {id_}", machine.get("Tags"))
    yield from _firewall(cloud, machine)
    try:
        fixed = _fixed(cloud, id_)
    except CloudError as problem:
        yield unknown("fixed-address", f"Which fixed addresses {id_} has was not told.", str(problem), aside=True)
        return
    for each in fixed:
        address = str(each.get("PublicIp") or each.get("AllocationId"))
        yield from keepers.told(address, f"The fixed address {address}", each.get("Tags"))


def named(cloud: Cloud, machine: Told, host: str, port: int = 80) -> Iterator[Finding]:
    """Where the records of the name that WordPress leads visitors to lead, as far as a zone of this account has it, and
    whether they may use the port of that address."""
    try:
        zone = next(iter(route53.fitting(cloud, [host])), None)
        records = route53.at(cloud, zone, host) if zone else []
        answered, handed = route53.answered(cloud, zone, host) if zone else ([], "")
        addresses = public(machine) | {str(each.get("PublicIp")) for each in _fixed(cloud, str(machine["InstanceId"]))}
    except CloudError as problem:
        yield unknown("records", f"The records of {host} could not be read.", str(problem), aside=True)
        return
    if zone is None:
        return
    yield from keepers.told(zone.id, f"The zone {zone.name}", route53.tags(cloud, zone))
    if any("heritage=external-dns" in each["Value"] for one in records for each in one.get("ResourceRecords") or []):
        yield proved(f"managed:{host}", f"The records of {host} are managed by ExternalDNS: change them there.", "TXT")
    if handed:
        return
    values = [(one["Type"], each["Value"]) for one in answered for each in one.get("ResourceRecords") or []]
    led = [found for kind, value in values if (found := value if kind == "A" else _by_name(value))]
    elsewhere = [each for each in dict.fromkeys(led) if each not in addresses]
    if led and not elsewhere:
        yield proved("records", f"{host} leads to this machine: {', '.join(dict.fromkeys(led))}.", f"zone {zone.id}")
        yield from _by_port(cloud, machine, host, port)
    elif led and len(elsewhere) == len(set(led)):
        own = f"this machine's addresses are {', '.join(sorted(addresses))}" if addresses else (
            "this machine has no public address"
        )  # fmt: skip
        words = f"{host} leads to {', '.join(elsewhere)}, and {own}"
        yield caution("records", f"{words}: right only with a balancer or another server between.", f"zone {zone.id}",
                      "Let the record lead to an address of this machine, best to a fixed one.")  # fmt: skip
    elif len(elsewhere) < len(set(led)):
        words = f"{host} leads to {', '.join(elsewhere)}, too, which is not this machine: some visitors get there."
        remedy = "Take that address out of the record, unless another machine answers there."
        yield caution("records", words, f"zone {zone.id}", remedy)


def _by_name(name: str) -> str:
    """The address that a machine's public name has in it, as EC2 gives them out; empty if it is another name (Amazon
    EC2 User Guide, "EC2 instance hostnames and domains", 2026-11)."""
    found = re.match(r"ec2-(\d+)-(\d+)-(\d+)-(\d+)\..*amazonaws\.com\.?", name.lower())
    return ".".join(found.groups()) if found else ""


def _by_port(cloud: Cloud, machine: Told, host: str, port: int) -> Iterator[Finding]:
    """Whether the firewall lets visitors in by the port of WordPress's own address, where they come to the machine."""
    try:
        groups = _groups(cloud, machine)
    except CloudError:
        return  # that it could not be read is told already
    open_ = sorted({each for group in groups for each, _ in _let_in(group)})
    if open_ and port in PORTS and port not in open_:
        yield broken(
            "firewall-port", f"WordPress leads visitors to port {port} of {host}, and its security groups let them use "
            f"port {' and '.join(map(str, open_))} alone: browsers wait until they give up.", GROUPS,
            f"Let visitors use port {port}, or set home and siteurl to an address by port {open_[-1]}.",
        )  # fmt: skip


def public(machine: Told) -> set[str]:
    """The public addresses of all its network cards."""
    cards = machine.get("NetworkInterfaces") or []
    each = (one.get("Association") or {} for card in cards for one in (card, *(card.get("PrivateIpAddresses") or [])))
    return {str(found) for found in (machine.get("PublicIpAddress"), *(one.get("PublicIp") for one in each)) if found}


def _firewall(cloud: Cloud, machine: Told) -> Iterator[Finding]:
    """Whether any security group on any of its network cards lets visitors in; they add up."""
    id_ = machine["InstanceId"]
    try:
        groups = _groups(cloud, machine)
    except CloudError as problem:
        yield unknown("firewall", f"Whom the security groups of {id_} let in could not be read.", str(problem))
        return
    ids = [str(each["GroupId"]) for each in groups]
    for each in groups:
        name = f"The security group {each.get('GroupName') or each['GroupId']}"
        yield from keepers.told(str(each["GroupId"]), name, each.get("Tags"))
    sources = {
        (port, source) for each in groups for port, source in _let_in(each) if way_in.admitted(cloud, [source])
    }  # fmt: skip
    ports = " and ".join(map(str, sorted({port for port, _ in sources})))
    others = sorted({source for _, source in sources} - set(ids))
    if any(source in EVERYBODY for source in others):
        yield proved("firewall", f"Everybody may use port {ports} of {id_}.", GROUPS)
        yield from _way_in(cloud, machine, sources)
    elif others:
        yield proved("firewall", f"{', '.join(others)} may use port {ports} of {id_}, and nobody else.", GROUPS)
        yield from _way_in(cloud, machine, sources)
    elif sources:
        yield caution(
            "firewall", f"Only what has the same security group may use port {ports} of {id_}.", GROUPS,
            "Right where a load balancer has that group, too; else let visitors in.",
        )  # fmt: skip
    elif groups and public(machine):
        yield _shut(str(id_), groups)
    else:
        yield caution(
            "firewall", f"Nobody may use port 80 or 443 of {id_}, and it has no public address.", GROUPS,
            "Right where a tunnel that begins on the machine brings visitors; else let the load balancer in.",
        )  # fmt: skip


def _groups(cloud: Cloud, machine: Told) -> list[Told]:
    """The security groups of all its network cards. Raises CloudError."""
    cards = machine.get("NetworkInterfaces") or []
    on_it = [*(machine.get("SecurityGroups") or []), *(each for card in cards for each in card.get("Groups") or [])]
    ids = list(dict.fromkeys(str(each["GroupId"]) for each in on_it))
    pages = cloud.pages(Call("ec2.DescribeSecurityGroups", {"GroupIds": ids})) if ids else iter(())
    return [each for page in pages for each in page["SecurityGroups"]]


def _way_in(cloud: Cloud, machine: Told, sources: Collection[tuple[int, str]]) -> Iterator[Finding]:
    """Whether the routes and network ACLs of its subnets let visitors come to its public addresses."""
    cards = [card for card in machine.get("NetworkInterfaces") or [] if public({"NetworkInterfaces": [card]})]
    subnets = [str(card["SubnetId"]) for card in cards if card.get("SubnetId")]
    doors: dict[int, list[str]] = {}
    for port, source in sources:
        doors.setdefault(port, []).extend(way_in.admitted(cloud, [source]))
    internet = any(way_in.from_outside(source) for each in doors.values() for source in each)
    if subnets and internet:
        vpc, name = str(machine.get("VpcId")), str(machine["InstanceId"])
        yield from way_in.told(cloud, "way-in", name, vpc, subnets, doors, internet=True)


def _shut(id_: str, groups: Sequence[Told]) -> Finding:
    names = ", ".join(str(each.get("GroupName") or each["GroupId"]) for each in groups)
    words = f"No security group of {id_} ({names}) lets anybody use port 80 or 443: browsers wait until they give up."
    return broken("firewall", words, GROUPS, "Let visitors in by ports 80 and 443.").mended_by(repairs.open_(groups[0]))


def _let_in(group: Told) -> Iterator[tuple[int, str]]:
    """(port, from where) for each way in that a web server may have; behind a balancer that may be another port."""
    for each in group.get("IpPermissions") or []:
        if each["IpProtocol"] not in ("tcp", "6", "-1"):
            continue
        sources = [
            *(one["CidrIp"] for one in each.get("IpRanges") or []),
            *(one["CidrIpv6"] for one in each.get("Ipv6Ranges") or []),
            *(one["PrefixListId"] for one in each.get("PrefixListIds") or []),
        ]
        balancers = [one["GroupId"] for one in each.get("UserIdGroupPairs") or []]
        first, last = int(each.get("FromPort") or 0), int(each.get("ToPort") or 65535)
        ports = [port for port in PORTS if first <= port <= last]
        yield from ((port, source) for port in ports for source in (*sources, *balancers))
        if not ports and first not in ADMINISTRATION:
            yield from ((first, source) for source in balancers if source != group["GroupId"])


ADMINISTRATION = (22, 3306, 3389)
"""Ports that no load balancer uses to ask for pages."""


def _fixed(cloud: Cloud, instance: str) -> list[Told]:
    """The fixed addresses (Elastic IPs) of a machine. Raises CloudError."""
    asked = {"Filters": [{"Name": "instance-id", "Values": [instance]}]}
    found: list[Told] = [*cloud.make(Call("ec2.DescribeAddresses", asked)).get("Addresses", [])]
    return found
