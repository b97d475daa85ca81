"""Where a maker's device wants things entered, how it tells what it does, and how it forgets again.

Sources: AWS Site-to-Site VPN User Guide, "Troubleshooting" (Cisco ASA, Cisco IOS, Juniper JunOS and ScreenOS, Yamaha)
and "Downloadable dynamic routing configuration files" (2026-11); the makers' own command references and administration
guides for the others. None of it was tried on the devices.
"""

from dataclasses import dataclass

from flows.aws.vpn_devices import VpnDevice


@dataclass(frozen=True)
class Maker:
    """What to know of a kind of device.

    Args:
        enter: where to enter what, in sentences.
        look: what in AWS's sample is not yours yet.
        commands: what shows both tunnels, each a command to type.
        pages: what shows them where there is no command, in a sentence.
        bgp: the command that shows the BGP neighbours.
        log: where it says why a tunnel stays down.
        off: how to take it off again.
    """

    enter: str
    look: str = ""
    commands: tuple[str, ...] = ()
    pages: str = ""
    bgp: str = ""
    log: str = ""
    off: str = ""


_MENUS = "The sample names the pages and fields in the order in which to go through them, once for each tunnel."
_IOS = Maker(
    "Save what runs now (copy running-config flash:before-aws). Enter configure terminal and the sample's lines in "
    "their order, then end. When both tunnels work: copy running-config startup-config.",
    "The sample's numbers (crypto policies, keyrings, profiles, Tunnel interfaces) must not be taken by others of "
    "yours. Put your own outside interface in where the sample names one.",
    ("show crypto ikev2 sa", "show crypto isakmp sa", "show crypto ipsec sa", "show ip interface brief"),
    bgp="show ip bgp summary",
    log="show logging; debug crypto ikev2 (or debug crypto isakmp) shows the negotiation, undebug all ends that",
    off="Enter the same lines with “no” before them, from the last to the first: routes and BGP neighbours, the Tunnel "
    "interfaces, profiles, transform sets, keyrings and policies. Then save.",
)
_JUNOS = Maker(
    "Enter configure, then the sample's set lines. commit check tells whether they fit; commit confirmed 5 takes them "
    "back by itself after five minutes, unless you commit once more.",
    "The sample takes ge-0/0/0.0 for the outside interface, st0.1 and st0.2 for the tunnels and untrust for their "
    "zone: put yours in. IKE must be allowed in to the outside zone (host-inbound-traffic), BGP to the tunnels' zone.",
    (
        "show security ike security-associations",
        "show security ipsec security-associations",
        "show interfaces terse st0",
    ),
    bgp="show bgp summary",
    log="show log kmd",
    off="rollback lists what was committed before; rollback N and commit go back to it. Where more was changed since, "
    "delete the sample's lines one by one (delete in place of set).",
)
MAKERS: dict[tuple[str, str], Maker] = {
    ("Cisco Systems, Inc.", "ASA"): Maker(
        "Save what runs now (copy running-config disk0:/before-aws). Enter configure terminal and the sample's lines "
        "in their order, then end. When both tunnels work: write memory.",
        "Numbers of crypto policies, names of transform sets, access lists and SLA monitors must not be taken by "
        "others of yours. The sample takes “outside” for the interface's name. With crypto maps, an ASA keeps one "
        "tunnel up at a time; with VTI (9.7 and newer) both.",
        ("show crypto ikev2 sa", "show crypto isakmp sa", "show crypto ipsec sa"),
        bgp="show bgp summary",
        log="show logging; debug crypto ikev2 protocol 127 shows the negotiation, undebug all ends that",
        off="Enter the same lines with “no” before them, from the last to the first; clear configure tunnel-group "
        "ADDRESS forgets a key. Then write memory.",
    ),
    ("Cisco Systems, Inc.", "Firepower"): Maker(
        "In the management center: Devices, VPN, Site To Site; then deploy.",
        _MENUS,
        ("show crypto ikev2 sa", "show crypto ipsec sa"),
        bgp="show bgp summary",
        log="Devices, VPN, Troubleshooting",
        off="Delete both topologies under Devices, VPN, Site To Site, and their routes; then deploy.",
    ),
    ("Cisco Systems, Inc.", ""): _IOS,
    ("Cisco Meraki", ""): Maker(
        "In the dashboard: Security & SD-WAN, Site-to-site VPN, Non-Meraki VPN peers: one peer for each of AWS's "
        "addresses.",
        "The private subnets of the peers are the VPC's networks; the local networks must be switched on for the VPN.",
        pages="Security & SD-WAN, VPN status, Non-Meraki peers: both should be green while something is sent",
        log="Network-wide, Event log, event type “Non-Meraki VPN negotiation”",
        off="Remove both peers from the list and save.",
    ),
    ("Fortinet", ""): Maker(
        "The sample for the GUI names the pages: VPN, IPsec Tunnels (custom); Network, Static Routes or BGP; Policy & "
        "Objects, Firewall Policy. Take a backup first (Configuration, Backup).",
        "Put your own outside interface in. There must be a policy in each direction, between your LAN and each "
        "tunnel's interface, without NAT: without a policy a FortiGate does not even start a tunnel.",
        ("get vpn ipsec tunnel summary", "diagnose vpn ike gateway list"),
        bgp="get router info bgp summary",
        log="diagnose debug application ike -1 with diagnose debug enable; diagnose debug disable ends that",
        off="Delete the policies and routes (or BGP neighbours) that name the tunnels first, then both under VPN, "
        "IPsec Tunnels: while something refers to one, it cannot be deleted.",
    ),
    ("Juniper Networks, Inc.", "SSG"): Maker(
        "Enter the sample's lines on the command line in their order, then save.",
        "The sample takes ethernet0/0 for the outside interface: put yours in.",
        ("get ike cookies", "get sa", "get interface tunnel.1"),
        bgp="get vrouter trust-vr protocol bgp neighbor",
        log="get event",
        off="Enter the same lines with “unset” in place of “set”, from the last to the first, then save.",
    ),
    ("Juniper Networks, Inc.", ""): _JUNOS,
    ("Palo Alto Networks", ""): Maker(
        "Enter configure and the sample's set lines (or go through the pages that the sample for the GUI names), then "
        "commit. Before that, save a named snapshot (Device, Setup, Operations).",
        "The sample takes its own names for the outside interface, tunnel.1 and tunnel.2, the virtual router and the "
        "zones: put yours in. A security policy must let your zone and the tunnels' zone reach each other.",
        ("show vpn ike-sa", "show vpn ipsec-sa", "show vpn flow"),
        bgp="show routing protocol bgp summary",
        log="less mp-log ikemgr.log, or Monitor, Logs, System",
        off="Delete the routes (or BGP peers), the IPSec tunnels, the IKE gateways and crypto profiles, and the tunnel "
        "interfaces, in that order; then commit.",
    ),
    ("Mikrotik", ""): Maker(
        "Enter the sample's lines in a terminal (or on the pages that it names), in their order. Take a backup first: "
        "/system backup save name=before-aws.",
        "Rules against NAT of what goes to the VPC must stand before your masquerade rule (move them up), and a "
        "FastTrack rule must not catch that traffic. RouterOS 7 says some of it otherwise than the sample's 6: "
        "profiles, and all of BGP.",
        ("/ip ipsec active-peers print", "/ip ipsec installed-sa print"),
        bgp="/routing bgp session print",
        log='/log print where topics~"ipsec"',
        off="Remove the sample's entries under /ip ipsec (policy, identity, peer, profile, proposal), /ip route, /ip "
        "address and /ip firewall.",
    ),
    ("pfSense", ""): Maker(
        "VPN, IPsec: a phase 1 for each tunnel and its phase 2; then Firewall, Rules, IPsec. Take a backup first "
        "(Diagnostics, Backup & Restore).",
        "The sample is of a time before routed (VTI) phases: with several networks, choose “Routed (VTI)” and enter "
        "the inside addresses, so that AWS sees a single pair.",
        pages="Status, IPsec: both should be Established, with an installed child each",
        log="Status, System Logs, IPsec",
        off="Delete both phase 1 entries under VPN, IPsec (their phases 2 go with them), the rules and routes; then "
        "apply.",
    ),
    ("SonicWall", ""): Maker(
        "Network, IPSec VPN, Rules and Settings (SonicOS 7); Manage, VPN, Base Settings (6.5); VPN, Settings "
        "(before): a policy of the type Tunnel Interface for each tunnel, then the tunnel interfaces and routes.",
        _MENUS,
        pages="The list of active tunnels on the same page: both should stand there",
        log="Monitor, Logs (7), Investigate, Event Logs (6.5) or Log, View (before), category VPN",
        off="Delete the routes, the tunnel interfaces and then both policies.",
    ),
    ("Sophos", "Sophos Firewall"): Maker(
        "Site-to-site VPN, IPsec: an IPsec profile and a connection of the type Tunnel interface for each tunnel; "
        "then the addresses of both xfrm interfaces under Network, Interfaces, and routes.",
        "A firewall rule must let your zone and VPN reach each other, without masquerading.",
        pages="Site-to-site VPN, IPsec: both should be active and connected",
        log="Log viewer, VPN",
        off="Delete the routes, then both connections (their xfrm interfaces go with them), then the profile and the "
        "rule.",
    ),
    ("WatchGuard, Inc.", ""): Maker(
        "VPN, BOVPN Virtual Interfaces: one for each tunnel, with a cloud VPN or third-party gateway at the other end.",
        _MENUS,
        pages="System Status, VPN Statistics, Branch Office VPN: both should be there",
        log="Traffic Monitor in Firebox System Manager, with the diagnostic log level of VPN, IKE raised",
        off="Delete both under VPN, BOVPN Virtual Interfaces, and the policies that name them.",
    ),
    ("Checkpoint", ""): Maker(
        "Gaia for the tunnel interfaces and BGP, SmartConsole for an interoperable device for each of AWS's addresses "
        "and a star community with both; then install the policy.",
        "The VPN domain of the gateway and of both devices is an empty group, since the tunnels are route-based. "
        "Permanent tunnels and dead peer detection (tunnel_keepalive_method: dpd) keep both up.",
        ("vpn tu tlist",),
        bgp="show bgp peers",
        log="SmartConsole, Logs & Monitor, blade:VPN",
        off="Take both devices out of the community and delete it and them, install the policy, then delete the tunnel "
        "interfaces and BGP neighbours in Gaia.",
    ),
    ("Yamaha", ""): Maker(
        "Enter administrator and the sample's lines in their order, then save.",
        "The numbers of the tunnels, of ipsec sa policy and of ike must not be taken by others of yours.",
        ("show ipsec sa", "show status tunnel 1", "show status tunnel 2"),
        bgp="show status bgp neighbor",
        log="show log; syslog debug on shows more",
        off="Enter the same lines with “no” before them, from the last to the first, then save.",
    ),
    ("Zyxel", ""): Maker(
        "Configuration, VPN, IPSec VPN: a VPN gateway and a VPN connection for each tunnel, then the routes.",
        _MENUS,
        pages="Monitor, VPN Monitor, IPSec: both should stand there",
        log="Monitor, Log, category IKE",
        off="Delete the routes, both VPN connections and then both VPN gateways.",
    ),
    ("Vyatta", ""): Maker(
        "Enter configure, the sample's set lines, commit, and, when both tunnels work, save.",
        "Put your own outside interface in where the sample names one.",
        ("show vpn ike sa", "show vpn ipsec sa"),
        bgp="show ip bgp summary",
        log="show log vpn ipsec",
        off="Enter the same lines with “delete” in place of “set”, then commit and save.",
    ),
    ("H3C", ""): Maker(
        "Enter system-view and the sample's lines in their order, then save.",
        "Put your own outside interface in where the sample names one.",
        ("display ike sa", "display ipsec sa"),
        bgp="display bgp peer",
        log="display logbuffer",
        off="Enter the same lines with “undo” before them, from the last to the first, then save.",
    ),
}  # fmt: skip
"""By vendor and by how the platform begins; the first that fits."""
ANY = Maker(
    "Where the device keeps site-to-site VPNs (IPsec), one connection for each tunnel. Take a backup of its "
    "configuration first.",
    "Names, numbers and interfaces in the sample are AWS's: put yours in, and none that is taken.",
    pages="What the device shows of its IPsec tunnels: both should be up",
    log="The device's log of IKE and IPsec",
    off="Delete, from the last to the first, what you entered, or go back to the backup if nothing else was changed "
    "since.",
)
IN_WORDS = (
    "Enter the values as the device's manual says for a site-to-site VPN by IPsec that is route-based (tunnel "
    "interfaces, VTI): one connection for each tunnel. Take a backup of its configuration first."
)
"""Where to enter what, where AWS's sample is not one for the device."""


def of(device: VpnDevice) -> Maker:
    """What is known of such a device; else what holds for any."""
    fits = (
        maker for (vendor, platform), maker in MAKERS.items()
        if vendor == device.vendor and device.platform.startswith(platform)
    )  # fmt: skip
    return next(fits, ANY)
