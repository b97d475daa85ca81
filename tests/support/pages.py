"""The pages of `docs/set-ups`, as far as tests follow what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

PAGES = Path(__file__).parents[2] / "docs" / "set-ups"


def answers_file(flow: str) -> dict[str, Any]:
    """The answers file that stands on the page of a set-up."""
    _, _, rest = (PAGES / f"{flow}.md").read_text().partition("```yaml\n")
    answers: dict[str, Any] = yaml.load(rest.partition("```")[0], yaml.BaseLoader)
    return answers
