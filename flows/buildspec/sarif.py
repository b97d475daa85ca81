"""Mistakes as a SARIF 2.1.0 log (OASIS standard, 2020-03-27), which code hosts show beside the lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from .mistakes import RULES, Mistake

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def log(mistakes: Sequence[Mistake], file: str, version: str) -> dict[str, Any]:
    """The log of one file.

    Args:
        mistakes: what is wrong.
        file: its path, as it was given.
        version: the version of the program.
    """
    ids = list(RULES)
    rules = [
        {
            "id": rule,
            "name": "".join(part.capitalize() for part in name.split("-")),
            "shortDescription": {"text": about},
        }
        for rule, (name, about) in RULES.items()
    ]
    driver = {"name": "handrail", "semanticVersion": version, "rules": rules}
    uri = quote(PurePath(file).as_posix())
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(mistake, ids.index(mistake.rule), uri) for mistake in mistakes],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(mistake: Mistake, index: int, uri: str) -> dict[str, Any]:
    at = mistake.at
    region = {
        "startLine": at.line, "startColumn": at.column, "endLine": at.end_line, "endColumn": at.end_column,
    }  # fmt: skip
    return {
        "ruleId": mistake.rule,
        "ruleIndex": index,
        "level": mistake.severity.value,
        "message": {"text": mistake.message},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}],
    }
