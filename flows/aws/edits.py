"""JMESPath to what of a thing somebody may edit, part by part: half an answer then tells of half of the parts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any


def each(whole: str, parts: Iterable[str]) -> str:
    """JMESPath to several parts of what stands at `whole`, each under a name of its own."""
    return f"{whole}.{{{', '.join(f'p{number}: {part}' for number, part in enumerate(parts))}}}"


def in_any_order(things: str, part: str = "") -> str:
    """JMESPath to a list of words, or of one part of each of a list of things, in whichever order they are told."""
    return f"{things} && sort({things}{f'[].{part}' if part else ''})"


def literal(value: Any) -> str:
    """JMESPath that is this value, in which there is nothing but what JSON has."""
    return f"`{json.dumps(value).replace('`', chr(92) + 'u0060')}`"
