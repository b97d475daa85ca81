"""The lab's AWS: one machine that plays both tunnel endpoints, and the roads between it and the office.

    pc --- gateway --- [router] --- internet --- aws --- server
    192.168.10.50      203.0.113.10       198.51.100.21/.22    10.0.0.10

It is configured by hand from what AWS documents, not with the code under test: xfrm interfaces, IKEv2,
waiting for the device unless told otherwise.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from vpn.device.lab import Machine, cable, until
from vpn.device.samples import KEYS

from flows.vpn.device import Site, files, parse

OUTSIDE = ("198.51.100.21", "198.51.100.22")
INSIDE = ("169.254.116.137/30", "169.254.145.185/30")
DEVICE_INSIDE = ("169.254.116.138", "169.254.145.186")
SERVER = "10.0.0.10"
PC = "192.168.10.50"

DAEMON = """
charon {
  retransmit_timeout = 2.0
  retransmit_tries = 3
  plugins {
    forecast {
      load = no
    }
  }
}
"""

CONNECTION = """
connections {{
  t{number} {{
    version = {version}
    local_addrs = {outside}
    remote_addrs = 203.0.113.10
    proposals = {proposals}
    dpd_delay = 10s
    keyingtries = 0
    unique = never
    local {{
      auth = psk
      id = {outside}
    }}
    remote {{
      auth = psk
      id = 203.0.113.10
    }}
    children {{
      t{number} {{
        local_ts = 0.0.0.0/0
        remote_ts = 0.0.0.0/0
        if_id_in = {number}
        if_id_out = {number}
        esp_proposals = {esp}
        start_action = {start}
        close_action = {start}
      }}
    }}
  }}
}}
secrets {{
  ike-t{number} {{
    id-1 = {outside}
    id-2 = 203.0.113.10
    secret = "{key}"
  }}
}}
"""

FRR = """
frr defaults traditional
ip prefix-list ALL permit 0.0.0.0/0 le 32
route-map ALL permit 10
 match ip address prefix-list ALL
router bgp 64512
 neighbor 169.254.116.138 remote-as 65000
 neighbor 169.254.145.186 remote-as 65000
 address-family ipv4 unicast
  network 10.0.0.0/16
  neighbor 169.254.116.138 route-map ALL in
  neighbor 169.254.116.138 route-map ALL out
  neighbor 169.254.145.186 route-map ALL in
  neighbor 169.254.145.186 route-map ALL out
 exit-address-family
"""


@dataclass
class Lab:
    """The whole road from the office's machine to the server in the VPC."""

    machines: list[Machine] = field(default_factory=list[Machine])

    def build(self, *, behind_nat: bool = False) -> None:
        """Make the machines and the cables between them."""
        self.pc, self.gateway, self.internet, self.aws, self.server = (self.add() for _ in range(5))
        cable(self.pc, "eth0", f"{PC}/24", self.gateway, "lan0", "192.168.10.1/24")
        if behind_nat:
            router = self.add()
            cable(self.gateway, "eth0", "172.16.0.2/24", router, "lan0", "172.16.0.1/24")
            cable(router, "wan0", "203.0.113.10/24", self.internet, "office0", "203.0.113.1/24")
            self.gateway.run("ip route add default via 172.16.0.1")
            router.run("ip route add default via 203.0.113.1; echo 1 >/proc/sys/net/ipv4/ip_forward")
            router.run(
                "nft 'add table ip nat; add chain ip nat pre { type nat hook prerouting priority dstnat; };"
                "add chain ip nat post { type nat hook postrouting priority srcnat; };"
                "add rule ip nat pre iifname wan0 udp dport { 500, 4500 } dnat to 172.16.0.2;"
                "add rule ip nat post oifname wan0 masquerade'"
            )
        else:
            cable(self.gateway, "eth0", "203.0.113.10/24", self.internet, "office0", "203.0.113.1/24")
            self.gateway.run("ip route add default via 203.0.113.1")
        cable(self.internet, "aws0", "198.51.100.1/24", self.aws, "eth0", f"{OUTSIDE[0]}/24")
        cable(self.aws, "vpc0", "10.0.0.1/16", self.server, "eth0", f"{SERVER}/16")
        self.pc.run("ip route add default via 192.168.10.1")
        self.server.run("ip route add default via 10.0.0.1")
        self.aws.run(f"ip address add {OUTSIDE[1]}/24 dev eth0; ip route add default via 198.51.100.1")
        for machine in (self.internet, self.aws):
            machine.run("echo 1 >/proc/sys/net/ipv4/ip_forward")
        self.internet.run(
            "nft 'add table ip watch; add set ip watch dead { type ipv4_addr; };"
            "add chain ip watch road { type filter hook prerouting priority raw; };"
            "add rule ip watch road ip daddr { 10.0.0.0/16, 192.168.10.0/24 } counter;"
            "add rule ip watch road ip saddr @dead drop; add rule ip watch road ip daddr @dead drop'"
        )

    def add(self) -> Machine:
        """One more machine."""
        self.machines.append(Machine())
        return self.machines[-1]

    def close(self) -> None:
        """Take everything down."""
        for machine in self.machines:
            machine.close()

    def start_aws(
        self,
        proposals: str = "aes256-sha256-modp2048",
        *,
        starts: bool = False,
        keys: Iterable[str] = KEYS,
        version: int = 2,
    ) -> None:
        """Both endpoints; answers go back through tunnel 2, as AWS may choose."""
        self.configure_aws(proposals, starts=starts, keys=keys, version=version)
        for number, inside in enumerate(INSIDE, 1):
            self.aws.run(
                f"ip link add x{number} type xfrm if_id {number} && ip address add {inside} dev x{number} "
                f"&& ip link set x{number} mtu 1419 up"
            )
        self.aws.run("systemctl restart strongswan")

    def configure_aws(self, proposals: str, *, starts: bool, keys: Iterable[str], version: int) -> None:
        """What both endpoints accept."""
        self.aws.write("/etc/strongswan.d/lab.conf", DAEMON)
        for number, (outside, key) in enumerate(zip(OUTSIDE, keys, strict=True), 1):
            self.aws.write(
                f"/etc/swanctl/conf.d/t{number}.conf",
                CONNECTION.format(
                    number=number,
                    outside=outside,
                    proposals=proposals,
                    esp=proposals.replace("prfsha384-", ""),
                    key=key,
                    version=version,
                    start="start" if starts else "none",
                ),
            )

    def start_aws_bgp(self) -> None:
        """AWS's BGP speaker on both tunnels."""
        self.aws.write("/etc/frr/frr.conf", FRR, 0o644)
        self.aws.run("sed -i s/^bgpd=no/bgpd=yes/ /etc/frr/daemons && systemctl restart frr")

    def answer_through(self, number: int) -> None:
        """Which tunnel AWS uses towards the office, with static routing."""
        self.aws.run(f"ip route replace 192.168.10.0/24 dev x{number}")

    def follow_readme(self, xml: str, site: Site, folder: str = "swanctl") -> None:
        """Do on the gateway what the README says, up to starting."""
        for command in self.hand_over(xml, site, folder):
            self.gateway.run(command, "/run/handed-over")

    def hand_over(self, xml: str, site: Site, folder: str) -> Iterator[str]:
        """Bring the files to the gateway; the commands of the README up to its checks."""
        made = files(parse(xml), site)
        for name, text in made.items():
            self.gateway.write(f"/run/handed-over/{name}", text)
        usual, older = made["README.txt"].split("IF THE GATEWAY ALREADY USES")
        text = usual if folder == "swanctl" else older
        for command in (line.strip() for line in text.splitlines() if line.startswith("    ")):
            if command.startswith("timeout"):
                return
            yield command

    def take_off(self, readme: str, folder: str = "swanctl") -> None:
        """Do on the gateway what the README says to be rid of the tunnels."""
        usual, older = readme.split("IF THE GATEWAY ALREADY USES")
        text = (
            usual.split("TO TAKE IT OFF AGAIN")[1] if folder == "swanctl" else older.split("To take it off again:")[1]
        )
        text = text.split("\nIF THE GATEWAY")[0]
        for command in (line.strip() for line in text.splitlines() if line.startswith("    ")):
            self.gateway.run(command)

    def die(self, *numbers: int) -> None:
        """The AWS endpoints of these tunnels fall silent."""
        self.internet.run(
            f"nft 'flush set ip watch dead; add element ip watch dead {{ "
            f"{', '.join(OUTSIDE[number - 1] for number in numbers)} }}'"
        )

    def revive(self) -> None:
        """All endpoints are back."""
        self.internet.run("nft flush set ip watch dead")

    def seen_in_clear(self) -> int:
        """How many packets between the two private networks the internet has seen unencrypted."""
        rules = self.internet.run("nft list chain ip watch road")
        return int(rules.split("counter packets ")[1].split()[0])

    def up(self, *numbers: int) -> bool:
        """Whether AWS has exactly these tunnels up."""
        sas = self.aws.run("swanctl --list-sas")
        return {number for number in (1, 2) if f"  t{number}: #" in sas} == set(numbers)

    def wait_for(self, *numbers: int) -> None:
        """Until AWS has exactly these tunnels up."""
        until(lambda: self.up(*numbers), why=lambda: f"{self.gateway.log()}\nAWS\n{self.aws.log()}")

    def connected(self) -> bool:
        """Whether packets go both ways, whoever begins."""
        return self.pc.pings(SERVER) and self.server.pings(PC)
