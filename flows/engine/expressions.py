"""JMESPath, by which a plan reads the answers of AWS, and what it can do here beyond its own."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions, signature


class _Functions(Functions):  # type: ignore[misc]
    """`json(text)`, for policies, which AWS tells as text, and `beside(list, object)`: each of a list with what is
    known of the whole that it is part of."""

    @signature({"types": ["string", "null"]})  # type: ignore[untyped-decorator]
    def _func_json(self, text: str | None) -> Any:
        with suppress(ValueError):
            return json.loads(text or "null")
        return None

    @signature({"types": ["array", "null"]}, {"types": ["object"]})  # type: ignore[untyped-decorator]
    def _func_beside(self, listed: list[dict[str, Any]] | None, more: dict[str, Any]) -> list[dict[str, Any]]:
        return [{**each, **more} for each in listed or ()]


OPTIONS = jmespath.Options(custom_functions=_Functions())


def part(path: str, answer: Any) -> Any:
    """What stands at a JMESPath; None where the answer lacks what the path needs, as half an answer does."""
    try:
        return jmespath.search(path, answer, OPTIONS)
    except JMESPathError:
        return None
