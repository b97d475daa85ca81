"""A Debian machine to try the provisioning script on: this one, under a layer that is thrown away, with no network.

Everything that is written goes into memory, in namespaces of its own; the packages and an archive of WordPress are
fetched before the network is cut.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from flows.aws.systems_manager import understood
from flows.wordpress.script import script

ARCHIVE = "file:///srv/wordpress.tar.gz"
PACKAGES = (
    "apache2 libapache2-mod-php php-fpm php-mysql php-gd php-xml php-mbstring php-zip php-intl php-curl mariadb-server "
    "curl ca-certificates nginx"
)
SOURCE = "wordpress libphp-phpmailer php-getid3 libphp-simplepie libjs-cropper libjs-underscore"
FETCH = f"""
set -e
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends --download-only {PACKAGES} >/dev/null
mkdir -p /srv/source/x && cd /srv/source
chmod 777 . && apt-get download -qq {SOURCE}
for each in *.deb; do dpkg-deb -x "$each" x; done
cd x/usr/share
# Debian's package leads out of itself in some places; an archive of wordpress.org does not
find wordpress -type l | while read -r link; do
  to=$(readlink "$link"); rm "$link"
  case $to in /*) file=/srv/source/x$to ;; *) file=$(dirname "$link")/$to ;; esac
  if [[ -e $file ]]; then cp -rL "$file" "$link"; fi
done
rm -f wordpress/wp-config.php wordpress/.htaccess
tar -czf /srv/wordpress.tar.gz wordpress
sha1sum /srv/wordpress.tar.gz | cut -d' ' -f1 >/srv/wordpress.tar.gz.sha1
rm -rf /srv/source
printf 'force-unsafe-io\\n' >/etc/dpkg/dpkg.cfg.d/quick
printf 'Acquire::Retries "0";\n' >/etc/apt/apt.conf.d/99quick
rm -f /usr/sbin/policy-rc.d /var/lib/man-db/auto-update
echo 'nameserver 127.0.0.1' >/etc/resolv.conf
"""


def missing() -> str:
    """Why no machine can be made here; empty if one can."""
    if os.geteuid() != 0:
        return "needs root"
    if not Path("/etc/debian_version").exists():
        return "needs a Debian machine underneath"
    needed = ("unshare", "nsenter", "apt-get", "dpkg-deb")
    return next((f"needs {name}" for name in needed if not shutil.which(name)), "")


class NoMachine(Exception):
    """It cannot be made here: a namespace or the packages are out of reach."""


class Machine:
    """One that is up. `close` ends everything that runs on it."""

    def __init__(self, folder: Path) -> None:
        self._root = folder / "root"
        store = folder / "store"
        for each in (self._root, store):
            each.mkdir()
        built = (
            f"mount -t tmpfs tmpfs {store} && mkdir {store}/up {store}/work && "
            f"mount -t overlay overlay -o lowerdir=/,upperdir={store}/up,workdir={store}/work {self._root} && "
            f"mount --bind /dev {self._root}/dev && mount -t tmpfs tmpfs {self._root}/run && "
            f"mkdir -p {self._root}/run/lock && mount -t tmpfs tmpfs {self._root}/tmp && "
            f"cp --remove-destination -L /etc/resolv.conf {self._root}/etc/resolv.conf && echo up && "
            "exec sleep infinity"
        )
        self._outer = _held(["unshare", "-m"], built)
        done = subprocess.run(
            ["nsenter", "-t", str(self._outer.pid), "-m", "chroot", str(self._root), "bash", "-c", FETCH],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            self._outer.kill()
            raise NoMachine(f"the machine could not be furnished: {done.stderr[-300:]}")
        alone = (
            f"mount -t proc proc {self._root}/proc && ip link set lo up && echo up; sleep infinity & wait"  # bash reaps
        )
        enter = ["nsenter", "-t", str(self._outer.pid), "-m", "unshare", "-n", "-p", "-f", "--kill-child"]
        self._inner = _held(enter, alone)
        children = Path(f"/proc/{self._inner.pid}/task/{self._inner.pid}/children").read_text().split()
        self._pid = children[0]

    def run(self, command: str, **env: str) -> subprocess.CompletedProcess[str]:
        """What a command on it says, as root."""
        return subprocess.run(
            ["nsenter", "-t", self._pid, "-m", "-n", "-p", "chroot", str(self._root), "bash", "-s"],
            input=command, env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", **env},
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    def close(self) -> None:
        for process in (self._inner, self._outer):
            process.kill()
            process.wait()


def run(machine: Machine, **parameters: str) -> subprocess.CompletedProcess[str]:
    """The provisioning script on it, with these parameters."""
    return machine.run(script(), **{"ARCHIVE": ARCHIVE, **parameters})


def how(done: subprocess.CompletedProcess[str]) -> Mapping[str, str]:
    """What was said of each step and of the site."""
    return {said.what: said.how for said in understood(done.stdout) if said.how not in ("done", "restored")}


def _held(start: list[str], script: str) -> subprocess.Popen[str]:
    process = subprocess.Popen([*start, "bash", "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    if process.stdout.readline().strip() != "up":
        raise NoMachine("no machine can be made here: no namespaces, or no overlay")
    return process
