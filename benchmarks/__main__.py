"""`make bench`: the table of ratios. Nothing here is judged: machines are noisy, so look at the ratios.

The yardsticks are `python -c pass`, and a bare Textual program that shows one word.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.many import serve as serve_many
from benchmarks.terminal import Figures, Line, Program, plain, until

ROUNDS = 5
LISTS = 3
IDLE = 5.0
"""Seconds in which nobody does anything."""
HANDRAIL = str(Path(sys.executable).parent / "handrail")
HELLO = [sys.executable, "-m", "benchmarks.hello"]
ANSWERS = {
    "vpc": "shop",
    "gateway_ip": "9.9.9.9",
    "networks": ["192.168.10.0/24", "192.168.11.0/24"],
    "routing": "static",
    "route_tables": ["shop-private-a", "shop-private-b"],
    "security_groups": ["web"],
    "name": "bench",
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = {"XDG_STATE_HOME": folder, "TERM": "xterm-256color"}
        print(f"{'what':<46}{'CPU':>8}{'time':>8}{'MiB':>7}  against")
        start(home)
        first_frame(home)
        for line in keys(home):
            print(line)
    for line in itertools.chain(one_file(), lists(), slow_line(), memory(), applying()):
        print(line)


def start(home: dict[str, str]) -> None:
    """The commands that must not load the SDK or the screen."""
    cases: dict[str, Callable[[], Figures]] = {"python -c pass": lambda: plain([sys.executable, "-c", "pass"])}
    for flag in ("--version", "--help", "list"):
        cases[f"handrail {flag}"] = lambda flag=flag: plain([HANDRAIL, flag], home)  # type: ignore[misc]
    table(cases, "python -c pass")


def one_file() -> Iterator[str]:
    """The size of the one file that holds everything, and its start: unpacked the first time, and every other time."""
    made = sorted((Path(__file__).parents[1] / "dist").glob("*.pyz"))
    if not made:
        yield f"{'one file':<46}{'none':>10}; `make onefile` makes it"
        return
    yield f"{'one file':<46}{made[-1].stat().st_size / 2**20:>10.0f} MiB"
    with tempfile.TemporaryDirectory() as folder:
        for what in ("its first start", "its next start"):
            figures = plain([sys.executable, str(made[-1]), "--version"], {"SHIV_ROOT": folder})
            base = plain([HANDRAIL, "--version"])
            cpu, seconds = figures.cpu / base.cpu, figures.seconds / base.seconds
            yield f"{what:<46}{cpu:>7.2f}×{seconds:>7.2f}×         the command"


def first_frame(home: dict[str, str]) -> None:
    """Until a person sees the home screen, and until the first question can be answered."""
    table(
        {
            "bare Textual hello": lambda: until(HELLO, "hello", home),
            "handrail, first frame": lambda: until([HANDRAIL], "Connect an office", home),
            "handrail --practice, first frame": lambda: until([HANDRAIL, "--practice"], "Connect an office", home),
            "handrail --practice run vpn, first question": lambda: until(
                [HANDRAIL, "--practice", "run", "vpn"], r"10\.0\.0\.0/16", home
            ),
        },
        "bare Textual hello",
    )


def table(cases: dict[str, Callable[[], Figures]], yardstick: str) -> None:
    """Run all cases in turn, several times, and print medians as ratios to the yardstick's."""
    runs: dict[str, list[Figures]] = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, case in cases.items():
            runs[name].append(case())
    base = runs[yardstick]
    for name, figures in runs.items():
        cpu = statistics.median(f.cpu for f in figures) / statistics.median(f.cpu for f in base)
        seconds = statistics.median(f.seconds for f in figures) / statistics.median(f.seconds for f in base)
        print(
            f"{name:<46}{cpu:>7.2f}×{seconds:>7.2f}×"
            f"{statistics.median(f.mebibytes for f in figures):>7.0f}  {yardstick}"
        )


FEW, MANY = 10, 100_000
ANYBODY = {
    "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_EC2_METADATA_DISABLED": "true",
    "TERM": "xterm-256color",
}  # fmt: skip


def lists() -> Iterator[str]:
    """A list of a hundred thousand against one of ten: how soon it opens, what a key costs, and its memory."""
    figures: dict[int, list[tuple[float, ...]]] = {FEW: [], MANY: []}
    for _ in range(LISTS):
        for count, rows in figures.items():
            rows.append(_picked(count))
    median = {
        count: [statistics.median(column) for column in zip(*rows, strict=True)] for count, rows in figures.items()
    }
    for number, what in enumerate(("until it opens", "a step down in it", "a letter to filter it")):
        ratio = median[MANY][number] / median[FEW][number]
        yield f"{f'a list of 100 000, {what}':<46}{'':>8}{ratio:>7.2f}×         a list of 10"
    each = (median[MANY][-1] - median[FEW][-1]) * 2**20 / MANY
    yield f"{'memory of an option in it':<46}{each:>10.0f} bytes"
    with serve_many(MANY) as account, tempfile.TemporaryDirectory() as folder:
        plan = [HANDRAIL, "plan", "vpn", *_at(account.url), "--set", "vpc=network number 9876"]
        others = [word for key, value in ANSWERS.items() if key != "vpc" for word in ("--set", f"{key}={_said(value)}")]
        _run_anyhow([*plan, *others], {"XDG_STATE_HOME": folder, **ANYBODY})
        yield f"{'VPCs read to find one of 100 000 by its name':<46}{account.asked.count('DescribeVpcs'):>10} page(s)"


def _picked(count: int) -> tuple[float, ...]:
    """Seconds until the list is open, for a step down in it, and for a letter that filters it; and MiB at the end."""
    with serve_many(count) as account, tempfile.TemporaryDirectory() as folder:
        command = [HANDRAIL, "run", "vpn", *_at(account.url)]
        with Program(command, {"XDG_STATE_HOME": folder, **ANYBODY}) as program:
            opened = program.wait("> network number 0 ")
            program.wait("read at", 60)
            down = [_step(program, b"\x1b[B", f"> network number {n} ") for n in range(1, 9)]
            _step(program, b"/", "/ _")
            letters = []
            for _ in range(5):
                letters.append(_step(program, b"9", "/ 9_"))
                _step(program, b"\x7f", "/ _")
    return opened, statistics.median(down), statistics.median(letters), program.mebibytes


def _step(program: Program, keys: bytes, text: str) -> float:
    program.quiet(0.05)
    program.press(keys)
    return program.wait(text)


def keys(home: dict[str, str]) -> Iterator[str]:
    """Bytes that each kind of key costs, and doing nothing."""
    with Program([HANDRAIL, "--practice", "run", "vpn"], home) as program:

        def costs(what: str, pressed: bytes, text: str = "") -> str:
            program.press(pressed)
            sent = program.sent
            if text:
                program.wait(text)
            program.quiet(0.3)
            return f"{f'bytes of {what}':<46}{program.sent - sent:>10}"

        program.wait(r"read at")
        program.quiet(0.5)
        yield costs("a step down in a list", b"\x1b[B")
        yield costs("going to the next question", b"\r", "public address")
        program.press(b"1")
        program.quiet(0.3)
        yield costs("a typed character", b"9")
        program.press(b"8.18.0.7\r")
        program.wait("Which device")
        program.press(b"\r")
        program.wait("Which networks")
        program.press(b"192.168.10.0/24\r")
        program.wait("learn each other")
        program.press(b"\r")
        program.wait(r"\[ \]")
        program.quiet(0.5)
        yield costs("marking an option", b" ")
        program.press(b"\r")
        program.wait("Which security groups")
        program.quiet(0.5)
        yield costs("the review", b"\r", "What will be done")
        yield f"{'bytes while nothing happens for a while':<46}{program.quiet(IDLE):>10}"


def slow_line() -> Iterator[str]:
    """A key in a list over 64 kbit/s and 100 ms, against the line's own round trip; and the bytes of it."""
    line = Line(8000, 0.1)
    with serve_many(FEW) as account, tempfile.TemporaryDirectory() as folder:
        command = [HANDRAIL, "run", "vpn", *_at(account.url)]
        with Program(command, {"XDG_STATE_HOME": folder, **ANYBODY}, line) as program:
            program.wait("read at", 60)
            program.quiet(0.5)
            before = program.sent
            down = [_step(program, b"\x1b[B", f"> network number {n} ") for n in range(1, 9)]
            each = (program.sent - before) / len(down)
    what, ratio = "a step in a list over 64 kbit/s and 100 ms", statistics.median(down) / line.round_trip
    yield f"{what:<46}{'':>8}{ratio:>7.2f}×         its round trip; {each:.0f} bytes"


def _at(url: str) -> list[str]:
    return ["--endpoint-url", url, "--region", "eu-central-1"]


def _said(value: object) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)


def _run_anyhow(command: list[str], environment: dict[str, str]) -> None:
    """Run it for what it asks for, however it ends: that account has nothing but VPCs."""
    import os
    import subprocess

    subprocess.run(command, env={**os.environ, **environment}, capture_output=True, check=False)  # noqa: S603 - ours


def memory() -> Iterator[str]:
    """Peak memory of a whole VPN run: in practice, and against an endpoint as a real account is."""
    import json

    from flows.practice.server import serve

    with tempfile.TemporaryDirectory() as folder, serve(hurry=True) as account:
        answers = Path(folder) / "answers.json"
        answers.write_text(json.dumps(ANSWERS))
        keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_EC2_METADATA_DISABLED": "true"}
        run = [HANDRAIL, "run", "vpn", "--answers", str(answers), "--yes", "--output", "json"]
        there = [*run, "--endpoint-url", account.url, "--region", "eu-central-1"]
        real = plain(there, {"XDG_STATE_HOME": f"{folder}/real", **keys})
        practice = plain([*run, "--practice"], {"XDG_STATE_HOME": f"{folder}/practice"})
    yield f"{'memory of a VPN run, account / practice':<46}{real.mebibytes:>10.0f} / {practice.mebibytes:.0f} MiB"


def applying() -> Iterator[str]:
    """Applying with 150 ms for each call, against the longest chain of calls that must follow each other."""
    import time

    import flows
    from flows.engine import Call, Journal, Page, Place, Session
    from flows.engine.boto import Aws
    from flows.engine.refusals import changes
    from flows.practice import open_account

    latency = 0.15

    class Slow:
        """An account in which each call takes a while, and which counts them."""

        def __init__(self, cloud: Aws) -> None:
            self.cloud, self.counted, self.lock = cloud, {"reads": 0, "writes": 0}, threading.Lock()

        @property
        def identity(self) -> Any:
            return self.cloud.identity

        def make(self, call: Call) -> dict[str, Any]:
            with self.lock:
                self.counted["writes" if changes(call) else "reads"] += 1
            threading.Event().wait(latency)
            return self.cloud.make(call)

        def look_at(self, url: str) -> Page:
            return self.cloud.look_at(url)

        def pages(self, call: Call) -> Iterator[dict[str, Any]]:
            with self.lock:
                self.counted["reads"] += 1
            yield from self.cloud.pages(call)

    with tempfile.TemporaryDirectory() as folder, open_account(Path(folder) / "account", hurry=True) as account:
        slow = Slow(Aws(Place(practice=True), account.session))
        session = Session(flows.find("vpn"), slow, Journal(Path(folder) / "journal"))
        session.fill(ANSWERS)
        plan = session.review().plan
        asked = dict(slow.counted)
        cpu, began = time.process_time(), time.perf_counter()
        for _ in session.apply():
            pass
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    chain: dict[str, int] = {}
    for action in plan.actions:
        calls = 2 if action.wait else 1
        chain[action.id] = calls + max((chain[needed] for needed in action.needs), default=0)
    longest = max(chain.values()) * latency
    made = slow.counted["writes"] + slow.counted["reads"] - asked["writes"] - asked["reads"]
    yield f"{'calls until the review (all of them reads)':<46}{asked['reads']:>10}"
    yield f"{'calls to apply, waits included':<46}{made:>10}"
    each = f"{cpu / made * 1000:.0f} ms of CPU a call"
    yield f"{'applying, against its critical path':<46}{seconds / longest:>9.2f}×   {each}"


if __name__ == "__main__":
    main()
