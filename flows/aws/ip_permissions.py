"""What a rule may let in: a protocol and a range of ports, as people say it and as EC2 takes it, and from where."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network

from flows.engine import Refused

from . import security_group_rules
from .addresses import MOST_DIGITS, Network, slug, within


@dataclass(frozen=True)
class Service:
    """Something that may be let in: a protocol and a range of ports (ICMP: type and code)."""

    name: str
    protocol: str
    first: int
    last: int

    def __str__(self) -> str:
        return self.name

    @property
    def told(self) -> str:
        """As people say it, whoever wrote it."""
        if self.name or self.protocol == "-1":
            return self.name or "everything"
        if self.protocol in ("icmp", "icmpv6"):
            ping = 8 if self.protocol == "icmp" else 128
            return {ping: "ping", -1: "all ICMP"}.get(self.first, f"ICMP of type {self.first}")
        ports = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.protocol}/{ports}"


@dataclass(frozen=True)
class Rule:
    """Who may use what by being in a network."""

    service: Service
    network: Network

    @property
    def source(self) -> str:
        """Who that is, as part of a sentence."""
        return str(self.network)

    @property
    def key(self) -> str:
        return slug(self.network)

    @property
    def admitted(self) -> security_group_rules.Rule:
        """As EC2 takes it."""
        return security_group_rules.Rule(
            self.service.protocol, self.service.first, self.service.last,
            "IpRanges" if isinstance(self.network, IPv4Network) else "Ipv6Ranges", str(self.network),
            f"{self.service.name} from {self.network}",
        )  # fmt: skip


def service(text: str) -> Service:
    """What may be let in: a name (`ping`, `ssh`, `https`, `all` …), `tcp/8080` or `udp/5000-5010`. Raises Refused."""
    word = text.lower()
    if word in KNOWN:
        return KNOWN[word]
    protocol, slash, ports = word.partition("/")
    if not slash:
        protocol, ports = "tcp", word
    first, _, last = ports.partition("-")
    if protocol not in ("tcp", "udp") or not _digits(first) or (last and not _digits(last)):
        raise Refused(f"“{text}” is not a service. Enter {', '.join(KNOWN)}, or for example tcp/8080 or udp/5000-5010.")
    if max(len(first), len(last)) > MOST_DIGITS or int(first) > 65535 or int(last or first) > 65535:
        raise Refused(f"“{text[:MOST_DIGITS]}”: a port is a number from 0 to 65535.")
    low, high = int(first), int(last or first)
    if low > high:
        raise Refused(
            f"“{text}”: the first port must not be larger than the last.", suggestion=f"{protocol}/{last}-{first}"
        )
    return Service(word if slash else f"tcp/{word}", protocol, low, high)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


KNOWN = {
    "ping": Service("ping", "icmp", 8, -1),
    "ssh": Service("ssh", "tcp", 22, 22),
    "rdp": Service("rdp", "tcp", 3389, 3389),
    "http": Service("http", "tcp", 80, 80),
    "https": Service("https", "tcp", 443, 443),
    "mysql": Service("mysql", "tcp", 3306, 3306),
    "postgres": Service("postgres", "tcp", 5432, 5432),
    "sqlserver": Service("sqlserver", "tcp", 1433, 1433),
    "all": Service("all", "-1", 0, 65535),
}


def spoken(service: Service, network: Network) -> Service:
    """A service as it is in a network: ping is of another protocol in IPv6, its echo request type 128 (RFC 4443)."""
    if isinstance(network, IPv6Network) and service.protocol == "icmp":
        return replace(service, protocol="icmpv6", first={8: 128}.get(service.first, service.first))
    return service


def covers(rule: Rule, service: Service, network: Network) -> bool:
    """Whether a rule already lets this in."""
    if rule.service.protocol not in ("-1", service.protocol) or not within(network, rule.network):
        return False
    if rule.service.protocol == "-1":
        return True
    if service.protocol in ("icmp", "icmpv6"):
        return rule.service.first in (-1, service.first)
    return rule.service.first <= service.first and service.last <= rule.service.last
