"""What only the person knows about the office, with the checks that make it safe to write into files.

The questions of the set-up check the same things earlier and more kindly. Here the checks are the last
line: these values end up in scripts that root runs, so what is not plainly harmless is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import Any, Literal

INTERFACE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}")
SECRET_ARN = re.compile(r"arn:[A-Za-z0-9:/!_+=.@-]+")


@dataclass(frozen=True)
class Site:
    """The answers that shape the device files. Raises `ValueError` for one that cannot be written safely."""

    name: str
    networks: tuple[str, ...]
    """The office's networks, such as 192.168.10.0/24."""
    vpc_cidrs: tuple[str, ...]
    encryption: Literal["modern", "compatible", "own"]
    startup: Literal["aws", "device"]
    """Who starts the tunnels."""
    behind_nat: bool = False
    interface: str = "eth0"
    """The gateway's network card towards the internet."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The tunnels' options by AWS's names, where the encryption is the person's own choice."""
    psk_secret_arn: str = ""
    """Where AWS keeps the keys, if it was asked to keep them in Secrets Manager."""

    def __post_init__(self) -> None:
        for networks, whose in ((self.networks, "office"), (self.vpc_cidrs, "VPC")):
            if not networks:
                raise ValueError(f"At least one network of the {whose} is needed.")
            for network in networks:
                if not _is_canonical(network):
                    raise ValueError(f"{network!a} is not a network such as 192.168.10.0/24.")
        if not INTERFACE.fullmatch(self.interface):
            raise ValueError(f"{self.interface!a} is not the name of a network card, such as eth0.")
        if self.psk_secret_arn and not SECRET_ARN.fullmatch(self.psk_secret_arn):
            raise ValueError(f"{self.psk_secret_arn!a} is not the ARN of a secret.")

    @property
    def title(self) -> str:
        """The name, fit for a comment: whatever could end the line becomes a space."""
        return "".join(letter if letter.isprintable() else " " for letter in self.name).strip()


def _is_canonical(network: str) -> bool:
    try:
        return str(IPv4Network(network)) == network
    except (AddressValueError, NetmaskValueError, ValueError):
        return False
