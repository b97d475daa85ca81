"""The connection and the office that the tests speak of."""

from pathlib import Path
from typing import Any

from flows.vpn.device import Site

HERE = Path(__file__).parent
STATIC = (HERE / "connection_static.xml").read_text()
BGP = (HERE / "connection_bgp.xml").read_text()
KEYS = ("Office.tunnel_1.not_a_real_key.xy", "Office.tunnel_2.not_a_real_key.xy")
ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:s2svpn!vpn-0abc1234def567890-Ab1Cd2"


def keyless(xml: str) -> str:
    """The same connection with its keys kept by Secrets Manager."""
    for key in KEYS:
        xml = xml.replace(f"<pre_shared_key>{key}</pre_shared_key>", "")
    return xml


def office(**answers: Any) -> Site:
    """A small office in Berlin, unless told otherwise."""
    usual: dict[str, Any] = {
        "name": "Berlin office",
        "networks": ("192.168.10.0/24",),
        "vpc_cidrs": ("10.0.0.0/16",),
        "encryption": "modern",
        "startup": "device",
    }
    return Site(**(usual | answers))
