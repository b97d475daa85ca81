"""What asks Handrail to end comes at any moment, also in the middle of a line that is being written."""

from __future__ import annotations

import io
import os
import signal
import sys
from pathlib import Path

import pytest

from tui.signals import ENDS, STOPPING, stoppable


class Struck(io.FileIO):
    """A way out during each of whose writes somebody asks the program to end."""

    def __init__(self, path: Path, number: signal.Signals) -> None:
        super().__init__(path, "w")
        self.number = number

    def write(self, data: object) -> int:
        signal.raise_signal(self.number)
        return super().write(data)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", ENDS)
def test_a_signal_in_the_middle_of_a_line_stops_and_is_no_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    file, stopped = tmp_path / "err", list[str]()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BufferedWriter(Struck(file, number)), "utf-8"))
    with stoppable(lambda: stopped.append("stopped"), STOPPING) as interrupted:
        print("begun  Create the VPN gateway", file=sys.stderr, flush=True)
    assert (stopped, interrupted) == (["stopped"], [number])
    assert sorted(file.read_text("utf-8").splitlines()) == [STOPPING, "begun  Create the VPN gateway"]


def test_a_terminal_that_is_gone_hears_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = list[str]()
    gone, here = os.pipe()
    os.close(gone)
    with os.fdopen(here, "w") as err, stoppable(lambda: stopped.append("stopped"), STOPPING):
        monkeypatch.setattr(sys, "stderr", err)
        signal.raise_signal(signal.SIGHUP)
    assert stopped == ["stopped"]
