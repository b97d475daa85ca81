"""All device files of one connection, by the relative path under which the README speaks of them."""

from flows.vpn.device.bgp import frr_conf
from flows.vpn.device.configuration import Configuration
from flows.vpn.device.interfaces import aws_tunnels_sh
from flows.vpn.device.links import VTI, XFRM
from flows.vpn.device.readme import readme
from flows.vpn.device.site import Site
from flows.vpn.device.strongswan import ipsec_conf, placeholder, strongswan_aws_conf, swanctl_conf
from flows.vpn.device.systems import KEYS
from flows.vpn.device.units import aws_tunnels_keep_service, aws_tunnels_keep_timer, aws_tunnels_service


def files(configuration: Configuration, site: Site) -> dict[str, str]:
    """Relative file name to text. Only `KEYS` holds the keys: keep it at 0600.

    A gateway needs the files of one folder, `swanctl` or, where it already runs the older `ipsec`
    command, `ipsec`; with BGP also `frr.conf`.
    """
    made = {
        "README.txt": readme(configuration, site),
        KEYS: swanctl_conf(configuration, site),
        "swanctl/strongswan-aws.conf": strongswan_aws_conf(install_routes=True),
        "swanctl/aws-tunnels.sh": aws_tunnels_sh(configuration, site, XFRM),
        "ipsec/ipsec.conf": ipsec_conf(configuration, site),
        "ipsec/strongswan-aws.conf": strongswan_aws_conf(install_routes=False),
        "ipsec/aws-tunnels.sh": aws_tunnels_sh(configuration, site, VTI),
    }
    for folder in ("swanctl", "ipsec"):
        made[f"{folder}/aws-tunnels.service"] = aws_tunnels_service()
        made[f"{folder}/aws-tunnels-keep.service"] = aws_tunnels_keep_service()
        made[f"{folder}/aws-tunnels-keep.timer"] = aws_tunnels_keep_timer()
    if not configuration.static:
        made["frr.conf"] = frr_conf(configuration, site)
    return made


def without_keys(text: str, configuration: Configuration) -> str:
    """A text of AWS's about the connection, with words in place of the keys that it repeats."""
    for tunnel in configuration.tunnels:
        if tunnel.psk:
            text = text.replace(tunnel.psk, placeholder(tunnel))
    return text
