"""Firewalls that forward nothing by default, on a gateway whose tunnels stand: real rules, real packets.

Plain cables with the tunnels' names stand in for the tunnels, so this needs no kernel that can encrypt.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from vpn.device.aws_end import DEVICE_INSIDE, FRR, INSIDE, PC, SERVER
from vpn.device.lab import PATH, Machine, cable, missing, until
from vpn.device.samples import BGP, STATIC, office

from flows.vpn.device import files, parse

REASON = missing()
pytestmark = [pytest.mark.wild, pytest.mark.skipif(bool(REASON), reason=REASON)]

SCRIPT = "/etc/aws-vpn/aws-tunnels.sh"

NFTABLES = """
flush ruleset
table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    icmp type echo-request accept
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname "lan0" oifname "eth0" accept
  }
}
table ip nat {
  chain postrouting {
    type nat hook postrouting priority srcnat;
    oifname != "lan0" masquerade
  }
}
"""

DOCKER = (
    "iptables -P FORWARD DROP; iptables -N DOCKER-USER; iptables -A FORWARD -j DOCKER-USER;"
    "iptables -t nat -A POSTROUTING ! -o lan0 -j MASQUERADE; iptables -P INPUT DROP;"
    "iptables -A INPUT -m state --state ESTABLISHED -j ACCEPT; iptables -A INPUT -p icmp -j ACCEPT"
)


def nftables(gateway: Machine) -> None:
    gateway.write("/etc/nftables.conf", NFTABLES)
    gateway.run("nft -f /etc/nftables.conf")


def docker(gateway: Machine) -> None:
    gateway.run(DOCKER)


def ufw(gateway: Machine) -> None:
    gateway.run("ufw --force enable")


def firewalld(gateway: Machine) -> None:
    gateway.run("mkdir -p /run/dbus; dbus-daemon --system --fork </dev/null >/dev/null 2>&1")
    gateway.run("setsid firewalld --nofork --nopid </dev/null >/run/firewalld.log 2>&1 &")
    until(lambda: gateway.ok("firewall-cmd --state"), why=lambda: gateway.run("cat /run/firewalld.log"))


def listen(machine: Machine, port: int) -> None:
    """Something there that answers."""
    machine.run(f"setsid python3 -m http.server {port} </dev/null >/dev/null 2>&1 &")
    until(lambda: machine.ok(f"ss -tln | grep -q ':{port} '"))


def reaches(machine: Machine, own: str, other: str, port: int = 80) -> bool:
    """Whether a connection comes about; a ping would not do, since some firewalls let only those through."""
    return machine.ok(f'python3 -c \'import socket; socket.create_connection(("{other}", {port}), 1, ("{own}", 0))\'')


@dataclass
class Office:
    """An office's machine, its gateway, and AWS at the other end of two cables for tunnels."""

    machines: list[Machine] = field(default_factory=list[Machine])

    def __post_init__(self) -> None:
        self.pc, self.gateway, self.aws = (self.add() for _ in range(3))
        cable(self.pc, "eth0", f"{PC}/24", self.gateway, "lan0", "192.168.10.1/24")
        cable(self.gateway, "eth0", "203.0.113.10/24", self.aws, "eth0", "203.0.113.1/24")
        for number, (inside, device) in enumerate(zip(INSIDE, DEVICE_INSIDE, strict=True), 1):
            cable(self.gateway, f"xfrm-aws{number}", f"{device}/30", self.aws, f"x{number}", inside)
        self.pc.run("ip route add default via 192.168.10.1")
        self.aws.run(f"ip address add {SERVER}/16 dev lo; ip route add 192.168.10.0/24 via {DEVICE_INSIDE[0]}")
        self.aws.run(
            "nft 'add table ip seen; add chain ip seen in { type filter hook input priority 0; };"
            f"add rule ip seen in iifname x1 ip daddr {SERVER} ip saddr != {PC} drop'"
        )
        for machine in (self.pc, self.aws):
            listen(machine, 80)

    def add(self) -> Machine:
        """One more machine."""
        self.machines.append(Machine())
        return self.machines[-1]

    def hand_over(self, xml: str) -> str:
        """Bring the script; gives the whole of what was made for the gateway."""
        made = files(parse(xml), office())
        self.gateway.write(SCRIPT, made["swanctl/aws-tunnels.sh"], 0o755)
        self.gateway.write("/run/frr.conf", made["frr.conf"] if xml == BGP else "")
        return made["README.txt"]

    def way(self) -> None:
        """The way that strongSwan's keys would open."""
        self.gateway.run(f"ip route replace 10.0.0.0/16 via {INSIDE[0].split('/')[0]} metric 50")

    def connected(self) -> bool:
        """Whether packets go both ways, whoever begins, with the office's own address."""
        return reaches(self.pc, PC, SERVER) and reaches(self.aws, SERVER, PC)

    def told(self) -> str:
        """What the check says while somebody in the office tries; it fails, since no tunnel has keys here."""
        self.gateway.run("sed -i 's/within 60 /within 0 /' " + SCRIPT)
        self.pc.run(f"setsid ping -n {SERVER} </dev/null >/dev/null 2>&1 &")
        told = self.gateway.try_(f"{SCRIPT} check")
        self.pc.run("pkill ping")
        assert told.returncode == 1
        return told.stdout


@pytest.fixture
def lab() -> Iterator[Office]:
    made = Office()
    try:
        yield made
    finally:
        for machine in made.machines:
            machine.close()


FIREWALLS: dict[Callable[[Machine], None], str] = {
    nftables: "nft -f /etc/nftables.conf",
    docker: f"iptables -F; iptables -X DOCKER-USER; iptables -t nat -F; {DOCKER}",
    ufw: "ufw reload",
    firewalld: "firewall-cmd --reload",
}
"""Each firewall, and how it makes its rules anew."""


def rules(lab: Office) -> list[str]:
    """The gateway's rules, whatever their order and what they counted."""
    return sorted(lab.gateway.run("nft list ruleset 2>/dev/null | sed 's/packets [0-9]* bytes [0-9]*//'").splitlines())


@pytest.mark.parametrize("firewall", FIREWALLS, ids=lambda each: each.__name__)
def test_a_firewall_that_forwards_nothing_lets_the_two_sides_through(
    lab: Office, firewall: Callable[[Machine], None]
) -> None:
    program = {docker: "iptables", nftables: "nft"}.get(firewall, firewall.__name__)
    if not shutil.which(program, path=PATH):
        pytest.skip(f"needs {program}")
    lab.hand_over(STATIC)
    firewall(lab.gateway)
    lab.gateway.run(FIREWALLS[firewall])
    before = rules(lab)
    lab.gateway.run("echo 1 >/proc/sys/net/ipv4/ip_forward")
    lab.way()
    assert not lab.connected()
    lab.gateway.run(f"{SCRIPT} up")
    assert lab.connected(), lab.gateway.run("nft list ruleset")
    made = rules(lab)
    lab.gateway.run(f"{SCRIPT} up")
    assert rules(lab) == made
    told = lab.told()
    assert "closed" not in told and "Right: packets from the office go into the tunnels." in told, told
    lab.gateway.run(FIREWALLS[firewall])
    if not lab.connected():
        assert "WRONG: the firewall's chain" in lab.told()
    lab.gateway.run(f"{SCRIPT} keep")
    assert lab.connected(), lab.gateway.run("nft list ruleset")
    lab.gateway.run(f"{SCRIPT} down")
    assert "aws" not in lab.gateway.run("nft list ruleset")
    assert rules(lab) == before


def test_firewalld_that_keeps_its_rules_to_itself_is_told_as_the_readme_says(lab: Office) -> None:
    if not shutil.which("firewalld", path=PATH):
        pytest.skip("needs firewalld")
    readme = lab.hand_over(STATIC)
    firewalld(lab.gateway)
    lab.gateway.run("echo 1 >/proc/sys/net/ipv4/ip_forward")
    lab.way()
    assert "inet/firewalld/filter_FORWARD is closed" in lab.told()
    for line in (each.strip() for each in readme.splitlines() if each.startswith("  firewall-cmd ")):
        lab.gateway.run(line)
    assert lab.connected()
    assert "closed" not in lab.told()


def test_what_the_script_opened_is_what_it_says_and_no_more(lab: Office) -> None:
    lab.hand_over(STATIC)
    nftables(lab.gateway)
    lab.gateway.run(f"{SCRIPT} up")
    lab.way()
    assert lab.connected()
    # Neither AWS's other networks nor the gateway itself are open to what comes through a tunnel.
    lab.aws.run("ip address add 172.31.0.1/32 dev lo")
    lab.gateway.run("ip route add 172.31.0.0/16 via 169.254.116.137")
    assert not reaches(lab.aws, "172.31.0.1", PC)
    listen(lab.gateway, 22)
    assert not reaches(lab.aws, SERVER, DEVICE_INSIDE[0], 22)


def test_a_drop_that_nobody_foresaw_is_seen_by_what_did_not_come_through(lab: Office) -> None:
    lab.hand_over(STATIC)
    lab.gateway.run(f"{SCRIPT} up")
    lab.way()
    assert "Right: packets from the office" in lab.told()
    assert "Not yet: no packet came from the office" in lab.gateway.try_(f"{SCRIPT} check").stdout
    lab.gateway.run("nft 'add table ip late; add chain ip late f { type filter hook forward priority mangle + 1; };"
                    "add rule ip late f iifname lan0 drop'")  # fmt: skip
    assert not reaches(lab.pc, PC, SERVER)
    assert "WRONG: packets come from the office, and none goes into a tunnel" in lab.told()


def test_bgp_speaks_through_a_firewall_that_lets_nothing_in(lab: Office) -> None:
    readme = lab.hand_over(BGP)
    lab.aws.run("ip route del 192.168.10.0/24")
    lab.aws.write("/etc/frr/frr.conf", FRR)
    lab.aws.run("sed -i s/^bgpd=no/bgpd=yes/ /etc/frr/daemons && systemctl restart frr")
    nftables(lab.gateway)
    assert "WRONG: the firewall's chain inet/filter/input is closed" in lab.told()
    lab.gateway.run(f"{SCRIPT} up")
    usual = readme.split("TO TAKE IT OFF AGAIN")[0]
    for line in (each.strip() for each in usual.splitlines() if each.startswith("    ")):
        if "bgpd" in line or "vtysh" in line:
            lab.gateway.run(line, "/run")
    until(
        lambda: lab.gateway.ok(f"ip route get {SERVER} | grep 'dev xfrm-aws1'"), 60,
        lambda: lab.gateway.run("vtysh -c 'show ip bgp summary' -c 'show ip bgp' -c 'show run'; ip route"),
    )  # fmt: skip
    until(lab.connected)
    told = lab.told()
    assert told.count("Right: BGP speaks through tunnel") == 2 and "do not go into a tunnel" not in told
    # The connection that AWS begins is let in, too; whoever begins last is not what decides.
    lab.gateway.run("vtysh -c 'conf t' -c 'router bgp 65000' -c 'neighbor 169.254.116.137 passive'")
    lab.gateway.run("vtysh -c 'clear bgp 169.254.116.137'")
    until(lambda: "BGP state = Established" in lab.gateway.run("vtysh -c 'show bgp neighbors 169.254.116.137'"), 90)
