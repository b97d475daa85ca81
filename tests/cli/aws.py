"""The real `aws` command, and what two accounts have in common that were made alike."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support.killed import Case

ROOT = Path(__file__).parents[2]
AWS = next(
    (
        found
        for found in (os.environ.get("HANDRAIL_AWS_CLI"), str(ROOT / ".venv-aws" / "bin" / "aws"), shutil.which("aws"))
        if found and Path(found).exists()
    ),
    None,
)
needs_aws = pytest.mark.skipif(
    AWS is None, reason="there is no aws command: `make .venv-aws/test.done` installs one, HANDRAIL_AWS_CLI names one"
)


def comparable(case: Case, picture: Mapping[str, Any]) -> list[str]:
    """A picture of an account without what two accounts made alike may differ in: ids and the run."""
    flow = case.flow.replace("_", "-")
    run = re.compile(rf"\b{flow}-([0-9a-hjkmnp-tv-z]{{8}}|\d{{14}})\b|\bthe-script\b|\bsgr-\w+")

    def told(*thing: object) -> str:
        return run.sub("RUN", case.differs.sub("…", repr(thing)))

    return sorted(told(kind, *thing) for kind, things in picture.items() for thing in things.items())
