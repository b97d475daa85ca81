"""Which set-up would make right what a check found, and with which answers."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from flows import SET_UPS

if TYPE_CHECKING:
    from flows.engine.checking import Checking
    from flows.engine.verdict import Verdict

COMMAND = re.compile(r"handrail (?:--\S+ )*run (?P<flow>\w+)(?P<settings>(?: --set (?:'[^']*'|\S)+)*)")
"""How a remedy names a set-up: as the command that begins it."""


def set_up_from(told: Verdict, checking: Checking) -> tuple[str, dict[str, str]]:
    """The set-up that the remedy of the cause names, else that of any other finding, else the one that was checked: its
    name, and the answers that are known.
    """
    because = [told.because] if told.because else []
    for found in (*because, *told.findings):
        named = COMMAND.search(found.remedy)
        if named and named["flow"] in SET_UPS:
            words = shlex.split(named["settings"])
            answers = dict(word.rstrip(".").split("=", 1) for word in words if "=" in word)
            return named["flow"], answers
    keys = {question.id for question in checking.made.questions}
    shared = {key: value for key, value in checking.subject().items() if key in keys}
    return checking.made.id, shared
