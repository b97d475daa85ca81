"""Machines for the real tests: each a network, mount and process namespace with its own /etc and /run.

A machine lives as long as the pipe to its first process; when that closes, even because the tests were
killed, the kernel ends every program in it and takes its cards, tunnels and rules away.
"""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

PACKAGES = (
    "charon-systemd",
    "frr",
    "iproute2",
    "iputils-ping",
    "libcharon-extra-plugins",
    "libstrongswan-standard-plugins",
    "nftables",
    "procps",
    "strongswan-charon",
    "strongswan-starter",
    "strongswan-swanctl",
    "systemd",
    "util-linux",
)
"""The Debian packages that the real tests need. libcharon-extra-plugins is there to prove it does no harm."""

PROGRAMS = (
    "charon-systemd",
    "swanctl",
    "ipsec",
    "nft",
    "ip",
    "ping",
    "unshare",
    "nsenter",
    "vtysh",
    "pgrep",
    "systemd-analyze",
)
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"

FIRST_PROCESS = r"""
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
cp -a /etc /mnt/etc
mkdir -m 755 /mnt/run
mount --bind /mnt/etc /etc
mount --bind /mnt/run /run
install -d -o frr -g frr -m 755 /run/frr
install -d -m 755 /etc/swanctl/conf.d  # Debian's package makes it; an image of a machine may lose empty folders
mount -t sysfs sysfs /sys
ip link set lo up
echo ready
exec cat
"""

SYSTEMCTL = r"""#!/bin/sh
# Stands in for systemd, which does not run here: starts what the units of Debian would start.
case "$*" in
daemon-reload | enable* | disable*) ;;
"restart aws-tunnels") exec $(sed -n s/^ExecStart=//p /etc/systemd/system/aws-tunnels.service) ;;
"restart strongswan")
  setsid charon-systemd </dev/null >/dev/null 2>&1 &
  until swanctl --stats >/dev/null 2>&1; do :; done
  exec swanctl --load-all --noprompt
  ;;
"restart strongswan-starter") exec ipsec start ;;
"restart frr") exec /usr/lib/frr/frrinit.sh start ;;
*) exit 1 ;;
esac
"""

LOG = """
charon {
  filelog {
    log {
      path = /run/charon.log
      flush_line = yes
    }
  }
}
"""


def until(what: Callable[[], object], seconds: float = 45, why: Callable[[], object] = lambda: "") -> None:
    """Look again and again until it is so, or fail with `why`."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not what():
        assert time.monotonic() < deadline, f"not so after {seconds} seconds\n{why()}"
        pause.wait(0.2)


class Machine:
    """One computer of the lab."""

    def __init__(self) -> None:
        unshared = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
        self._holder = subprocess.Popen(
            [*unshared, "sh", "-c", FIRST_PROCESS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline() == "ready\n", "the kernel did not let us make a machine"
        children = Path(f"/proc/{self._holder.pid}/task/{self._holder.pid}/children").read_text()
        self.pid = children.strip()
        self.write("/run/bin/systemctl", SYSTEMCTL, 0o755)
        self.write("/run/bin/apt-get", "#!/bin/sh\nexit 0\n", 0o755)
        self.write("/etc/strongswan.d/zz-log.conf", LOG)

    def close(self) -> None:
        """End the machine and everything on it."""
        assert self._holder.stdin is not None and self._holder.stdout is not None
        self._holder.stdin.close()
        self._holder.stdout.close()
        self._holder.wait(30)

    def try_(self, command: str, folder: str = "/") -> subprocess.CompletedProcess[str]:
        """Run a shell command line here."""
        return subprocess.run(
            ["nsenter", "-t", self.pid, "-n", "-m", "-p", "sh", "-c", f"cd {folder} && {command}"],
            env={"PATH": f"/run/bin:{PATH}"},
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )

    def run(self, command: str, folder: str = "/") -> str:
        """Run a shell command line here, which must succeed."""
        done = self.try_(command, folder)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{self.log()}"
        return done.stdout

    def ok(self, command: str) -> bool:
        """Whether a command line succeeds here."""
        return self.try_(command).returncode == 0

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """Put a file here."""
        subprocess.run(
            ["nsenter", "-t", self.pid, "-m", "sh", "-c", f"mkdir -p {Path(path).parent} && cat >{path}"],
            input=text,
            text=True,
            check=True,
            env={"PATH": PATH},
        )
        self.run(f"chmod {mode:o} {path}")

    def log(self) -> str:
        """The end of what strongSwan logged."""
        return self.try_("tail -n 60 /run/charon.log 2>/dev/null").stdout

    def pings(self, address: str, seconds: int = 1) -> bool:
        """Whether an answer comes from there."""
        return self.ok(f"ping -n -c 1 -w {seconds} {address}")


def cable(one: Machine, card: str, address: str, other: Machine, its_card: str, its_address: str) -> None:
    """Connect two machines."""
    ends = f"{card} netns {one.pid} type veth peer name {its_card} netns {other.pid}"
    subprocess.run(["ip", "link", "add", *ends.split()], check=True)
    for machine, name, own in ((one, card, address), (other, its_card, its_address)):
        machine.run(f"ip address add {own} dev {name} && ip link set {name} up")


def missing(kernel: tuple[str, ...] = ()) -> str:
    """Why the real tests cannot run on this computer, or nothing. `kernel` are link types it must know."""
    if os.geteuid() != 0:
        return "needs root, to make network namespaces"
    absent = [name for name in PROGRAMS if not shutil.which(name, path=PATH)]
    if absent:
        return f"needs {', '.join(absent)}: apt-get install {' '.join(PACKAGES)}"
    if not _quietly("unshare --net --mount --pid --fork true"):
        return "needs the right to make network, mount and process namespaces"
    _quietly("modprobe -a esp4 xfrm_interface ip_vti")
    if not kernel:
        return ""
    state = "ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 1 mode tunnel"
    if not _quietly(f"unshare --net {state} auth 'hmac(sha256)' 0x00 enc 'cbc(aes)' 0x{'00' * 32}"):
        return "needs a kernel with ESP (CONFIG_INET_ESP)"
    for kind in kernel:
        if not _quietly(f"unshare --net ip link add test type {kind}"):
            return f"needs a kernel with {kind.split()[0]} interfaces (CONFIG_XFRM_INTERFACE, CONFIG_NET_IPVTI)"
    return ""


def _quietly(command: str) -> bool:
    """Whether a command line succeeds on this computer itself."""
    return subprocess.run(["sh", "-c", command], capture_output=True, check=False, env={"PATH": PATH}).returncode == 0
