"""The systemd units that run the interface script: at each start of the machine, and every minute.

Sources: systemd.unit(5), systemd.special(7), systemd.timer(5) of systemd 252; the units of Debian's frr 8.4.4 and 10.3,
strongswan, nftables, ufw and firewalld.
"""

from flows.vpn.device.links import SCRIPT


def aws_tunnels_service() -> str:
    """The unit that makes the interfaces at every start of the machine, and its rules again after nftables' own.

    It begins before the network does: FRR's unit comes before network.target, so one that came after that and
    before FRR would close a circle, and systemd would leave it out without a word.
    """
    return f"""\
[Unit]
Description=Interfaces and routes of the AWS VPN
After=network-pre.target nftables.service
Before=strongswan.service strongswan-starter.service frr.service
PartOf=nftables.service
ReloadPropagatedFrom=nftables.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart={SCRIPT} up
ExecReload={SCRIPT} up

[Install]
WantedBy=multi-user.target
"""


def aws_tunnels_keep_service() -> str:
    """The unit that puts back what is missing; it says nothing in the journal while nothing is wrong."""
    return f"""\
[Unit]
Description=Put back what is missing of the AWS VPN
After=aws-tunnels.service strongswan.service strongswan-starter.service

[Service]
Type=oneshot
ExecStart={SCRIPT} keep
LogLevelMax=notice
"""


def aws_tunnels_keep_timer() -> str:
    """The timer of that unit: AWS ends a tunnel when it replaces its end, and does not always call again."""
    return """\
[Unit]
Description=Look every minute whether anything is missing of the AWS VPN

[Timer]
OnActiveSec=1min
OnUnitInactiveSec=1min
AccuracySec=5s

[Install]
WantedBy=timers.target
"""
