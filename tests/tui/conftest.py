"""What the tests of the full screen share."""

from __future__ import annotations

import pytest
from textual import _wait

# An app that did nothing for so long is taken for idle. Textual's own 20 ms, after every key, were most of the time.
_wait.SLEEP_GRANULARITY, _wait.SLEEP_IDLE = 1 / 250, 1 / 5000


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that says nothing about its colours but that it has many."""
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "COLORFGBG"):
        monkeypatch.delenv(name, raising=False)
