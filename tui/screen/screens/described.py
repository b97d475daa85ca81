"""The thing that a finding is about, as AWS describes it, as rows of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import described as shared
from ...safe import line
from ..widgets.lines import Said

if TYPE_CHECKING:
    from flows.engine import Finding
    from flows.engine.cache import CachedCloud


def described(found: Finding, cloud: CachedCloud) -> list[Said]:
    """The answers of AWS that a finding names as its evidence."""
    rows: list[Said] = []
    for call, lines in shared.described(found, cloud):
        rows += [Said(), Said(f"As AWS describes it: {call.operation.partition('.')[2]}", kind="heading")]
        rows += [Said(line(f"{key}: {value}"), "asked for", "muted") for key, value in call.params.items()]
        rows.append(Said(kind="heading"))  # what follows begins at the left
        rows += [Said(text, kind="code") for text in lines]
    return rows
