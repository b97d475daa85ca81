"""How a tunnel becomes a network interface, which differs between strongSwan's two formats.

`swanctl.conf` can tie a tunnel to an xfrm interface. The older `ipsec.conf` cannot; there a packet mark
ties it to a VTI. Everything else about the two is the same, so it is written once, for a `Links`.
"""

from dataclasses import dataclass

from flows.vpn.device.configuration import Tunnel

SCRIPT = "/etc/aws-vpn/aws-tunnels.sh"
"""Where the README has the interface script copied, and where strongSwan therefore looks for it."""


@dataclass(frozen=True)
class Links:
    """One kind of tunnel interface."""

    stem: str
    first_key: int
    kind: str
    """The arguments for `ip link add NAME`, with $2 for the key and $4 for the AWS address."""
    trace: str
    """How `ip xfrm state` shows the key ($1) of a tunnel that is up, as a format for printf."""
    standing: str
    """A command that shows how the connection $1 stands; CONNECTING or INSTALLED where nothing is to be done."""
    calling: str
    """A command that calls AWS for the connection $1."""
    settings: tuple[str, ...] = ()
    """Settings below net.ipv4.conf that the interface needs."""

    def interface(self, tunnel: Tunnel) -> str:
        """The name of the interface, such as xfrm-aws1."""
        return f"{self.stem}{tunnel.number}"

    def key(self, tunnel: Tunnel) -> int:
        """The number that ties the tunnel to its interface: an interface id or a packet mark."""
        return self.first_key + tunnel.number - 1


XFRM = Links(
    "xfrm-aws", 101, 'type xfrm if_id "$2"', "if_id 0x%x",
    'swanctl --list-sas --ike "$1"', 'swanctl --initiate --child "$1" --timeout 10',
)  # fmt: skip

# A VTI's packets were already checked by their mark; the second check (disable_policy=0) would drop them.
VTI = Links(
    "vti-aws", 101, 'type vti remote "$4" key "$2"', "mark 0x%x/",
    'ipsec status "$1"', 'ipsec stroke up-nb "$1"', ("disable_policy",),
)  # fmt: skip
