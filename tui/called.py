"""How Handrail is called here: who began it as `.venv/bin/handrail` cannot type `handrail resume …`.

Every command in a text begins with `handrail`; what a person is shown begins as it would have to be typed. Documents
keep `handrail`: others read them, elsewhere.
"""

from __future__ import annotations

import os
import re
import sys
from functools import cache

COMMANDS = "--practice|check|completion|export|graph|help|list|plan|practice|questions|resume|run|runs|task|undo"
OURS = re.compile(rf"(?<![\w./~-])handrail(?= (?:{COMMANDS})\b)")


def as_called(text: str) -> str:
    """The text, in which Handrail's commands are as they have to be typed here."""
    if "handrail " not in text or (program := called(sys.argv[0])) == "handrail":
        return text
    return OURS.sub(lambda _: program, text)


@cache
def called(begun: str) -> str:
    """What has to be typed for Handrail, where it was begun as this: the name alone if the PATH leads to it."""
    from shlex import quote
    from shutil import which

    name = os.path.basename(begun)  # noqa: PTH119 - pathlib is slow to load
    if which("handrail"):
        return "handrail"
    if name.endswith(".pyz"):
        return f"{quote(os.path.basename(sys.executable))} {quote(begun)}"  # noqa: PTH119
    return quote(begun) if name == "handrail" and name != begun else "handrail"
