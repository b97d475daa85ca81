"""A command in words and in JSON, which end alike."""

from __future__ import annotations

from collections.abc import Mapping

from support.command import REGION, Command, Ran

HERE = ("--region", REGION)


def both(handrail: Command, *words: object, env: Mapping[str, str] | None = None) -> tuple[Ran, str]:
    """The command in words and in JSON; both must end alike. Returns the first and all that the second says."""
    text = handrail(*words)
    document = handrail(*words, "--output", "json")
    assert document.code == text.code
    assert text.out == ""
    error = document.error
    said = " ".join(f"{error['message']} {error['remedy']}".split())
    assert said == " ".join(text.err.split()) or error["code"] in text.err
    return text, said
