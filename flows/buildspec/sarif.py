"""Mistakes as a SARIF 2.1.0 log (OASIS standard, 2020-03-27), which code hosts show beside the lines.

What they ask for beyond it: descriptions and help of each rule, and paths relative to the top of the repository (GitHub
Docs, “SARIF support for code scanning”, 2026-10).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .grammar import CHECKED_AGAINST, GUIDE
from .mistakes import RULES, Mistake, Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"


def log(mistakes: Sequence[Mistake], file: Path | None, version: str) -> dict[str, Any]:
    """The log of one file.

    Args:
        mistakes: what is wrong.
        file: its path; None for what was piped in.
        version: the version of the program.
    """
    ids = list(RULES)
    name, as_of = CHECKED_AGAINST
    guide = {"name": name, "version": as_of, "informationUri": GUIDE}
    driver = {
        "name": "handrail",
        "fullName": f"Handrail {version}, by the {name}, {as_of}",
        "version": version,
        "semanticVersion": version,
        "rules": [_rule(rule_id, rule) for rule_id, rule in RULES.items()],
    }
    where = _location(file)
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver, "extensions": [guide]},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {ROOT: {"description": {"text": "The top of the repository."}}},
                "artifacts": [{"location": where, "sourceLanguage": "yaml"}],
                "results": [_result(mistake, ids.index(mistake.rule), where) for mistake in mistakes],
            }
        ],
    }


def relative(file: Path) -> str:
    """The path of a file below the top of its repository; where it is in none, below the folder one stands in, else its
    name alone."""
    whole, here = file.absolute().resolve(), Path.cwd().resolve()
    tops = [parent for parent in whole.parents if (parent / ".git").exists()]
    top = tops[0] if tops else here if whole.is_relative_to(here) else whole.parent
    return whole.relative_to(top).as_posix()


def _location(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {"uri": "stdin"}
    return {"uri": quote(relative(file)), "uriBaseId": ROOT}


def _rule(rule_id: str, rule: Rule) -> dict[str, Any]:
    return {
        "id": rule_id,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.about},
        "fullDescription": {"text": f"{rule.about} {rule.why}"},
        "help": {"text": f"{rule.why} {rule.instead}", "markdown": f"{rule.why}\n\n**Instead:** {rule.instead}"},
        "helpUri": GUIDE,
        "properties": {"tags": ["codebuild", rule.name]},
    }


def _result(mistake: Mistake, index: int, where: dict[str, Any]) -> dict[str, Any]:
    at = mistake.at
    region = {
        "startLine": at.line, "startColumn": at.column, "endLine": at.end_line, "endColumn": at.end_column,
    }  # fmt: skip
    result = {
        "ruleId": mistake.rule,
        "ruleIndex": index,
        "level": mistake.severity.value,
        "message": {"text": mistake.message},
        "locations": [{"physicalLocation": {"artifactLocation": {**where, "index": 0}, "region": region}}],
    }
    if mistake.fix and not mistake.quiet:
        change = {"deletedRegion": region, "insertedContent": {"text": mistake.fix}}
        result["fixes"] = [
            {
                "description": {"text": f"Write {mistake.fix}"},
                "artifactChanges": [{"artifactLocation": where, "replacements": [change]}],
            }
        ]
    return result
