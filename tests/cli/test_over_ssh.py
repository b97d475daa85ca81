"""Over a real SSH server on this machine: the line drops, and after connecting again it goes on where it was."""

from __future__ import annotations

import getpass
import os
import re
import select
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.command import Account, Command
from support.line_prompts import NOW, PICK, STRAIGHT, answer_all
from support.terminal import ROOT, Terminal

SSHD = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
SEPARATED = Path("/run/sshd")
"""Where a server that root starts keeps its empty folder; Debian's start script makes it, and here nobody ran that."""
CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/person.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
"""

pytestmark = [
    pytest.mark.wild,
    pytest.mark.skipif(
        not (SSHD and shutil.which("ssh") and shutil.which("ssh-keygen")), reason="there is no OpenSSH server here"
    ),
]


@dataclass(frozen=True)
class Host:
    """A machine that one logs in to: this one, at `port`, with the key in `folder`."""

    port: int
    folder: Path

    def talk(self, *words: str, term: str = "dumb") -> Terminal:
        """Handrail over SSH, on such a terminal there; its process is written down."""
        keys = ("PATH", "XDG_STATE_HOME", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED")
        given = [f"{key}={os.environ[key]}" for key in keys if key in os.environ]
        begin = f'echo $$ >{self.folder}/process; cd {ROOT}; exec "$@"'
        there = ["sh", "-c", begin, "sh", "env", *given, f"TERM={term}", sys.executable, "-m", "tui", *words]
        known = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"]
        key = ["-i", str(self.folder / "person"), "-o", "IdentitiesOnly=yes"]
        who = f"{getpass.getuser()}@127.0.0.1"
        ssh = ["ssh", "-F", "none", "-tt", *known, *key, "-p", str(self.port), who, " ".join(map(quoted, there))]
        return Terminal(env=os.environ, program=ssh)

    def process(self) -> int:
        """Something that can be waited for: the process that was begun there last."""
        return os.pidfd_open(int((self.folder / "process").read_text()))


def quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """The server, started by whoever runs the tests, with keys made for this test."""
    assert SSHD is not None
    if os.geteuid() == 0 and not SEPARATED.exists():
        SEPARATED.mkdir(mode=0o755)
    for name in ("host", "person"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name], check=True)
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "config").write_text(CONFIG.format(port=port, folder=tmp_path))
    server = subprocess.Popen([SSHD, "-D", "-e", "-f", tmp_path / "config"], stderr=subprocess.PIPE, text=True)
    with server:
        assert server.stderr
        said = iter(server.stderr.readline, "")
        assert any("Server listening" in line for line in said), f"it ended with {server.wait()}"
        yield Host(port, tmp_path)
        server.kill()


def drop(terminal: Terminal, host: Host) -> None:
    """The line is gone: nobody says goodbye. Waits until Handrail has noticed and ended by itself."""
    process = host.process()
    os.kill(terminal.pid, 9)
    os.waitpid(terminal.pid, 0)
    terminal.pid = 0
    ended, _, _ = select.select([process], [], [], 60)
    os.close(process)
    assert ended, "it goes on though nobody is there"


def test_the_line_drops_at_a_question_and_while_it_is_carried_out(
    company: Account, handrail: Command, host: Host
) -> None:
    before = company.picture()
    with host.talk("run", "vpn", "--plain", *company.at) as terminal:
        answer_all(terminal, STRAIGHT[:2])
        terminal.until(STRAIGHT[2][0])
        drop(terminal, host)
    (record,) = handrail("runs", "--output", "json").json
    assert record["status"] == "draft"
    assert company.picture() == before

    run = record["run"]
    with host.talk("resume", run, "--plain") as terminal:
        answer_all(terminal, STRAIGHT[2:])
        review = terminal.answer(NOW, "yes")
        assert STRAIGHT[1][1] in review, "what was answered before the line dropped counts"
        terminal.until("begun  ")
        drop(terminal, host)

    with host.talk("resume", run, "--plain") as terminal:
        assert terminal.ended() == 0
    assert handrail("runs", run, "--output", "json").json["status"] == "waiting", "for the office's device"
    made = company.session.client("ec2", endpoint_url=company.url).describe_vpn_connections()["VpnConnections"]
    assert len([each for each in made if each["State"] != "deleted"]) == 2, "the branch's, and nothing was made twice"

    with host.talk("undo", run) as terminal:
        terminal.answer("Type yes to undo", "yes")
        assert terminal.ended() == 0
    assert company.picture() == before


def test_the_full_screen_comes_over_ssh_and_its_answers_outlive_the_line(
    company: Account, handrail: Command, host: Host
) -> None:
    with host.talk("run", "vpn", *company.at, term="xterm-256color") as terminal:
        terminal.until("shop")
        for letter in b"shop":
            terminal.press(bytes([letter]))
        terminal.until("/ ")
        terminal.press(b"\r")
        terminal.until("198.51.100.7")
        drop(terminal, host)
    (record,) = handrail("runs", "--output", "json").json
    with host.talk("resume", record["run"], "--plain") as terminal:
        terminal.answer("Device address", "back")
        assert re.search(r"\* +\d  shop", terminal.until(PICK)), "the answer that was given is marked"
        terminal.type("quit")
        assert terminal.ended() == 0
