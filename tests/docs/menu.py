"""The menu as the set-ups themselves say it: what `make texts` writes into flows/menu.py."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import flows

CHECKS = "CHECKS: dict[str, tuple[str, str]] = {\n"
GOALS = "GOALS: dict[str, str] = {\n"
MENU = Path(flows.__file__).with_name("menu.py")


def folders() -> list[str]:
    """Every set-up that there is, whether or not the menu knows it."""
    return sorted(path.parent.name for path in MENU.parent.glob("*/flow.py") if path.parent.name != "engine")


def menu() -> str:
    """The rows in the order that they have; what is new stands last, what has no folder is left out."""
    there = folders()
    names = [name for name in flows.SET_UPS if name in there]
    names += [name for name in there if name not in names]
    declared = [flows.declared(name) for name in names]
    before, table, _ = MENU.read_text().partition("SET_UPS: dict[str, tuple[str, str]] = {\n")
    set_ups = "".join(_row(flow.id, flow.title, flow.summary()) for flow in declared)
    asked = [flow.check for flow in declared if flow.check.questions]
    checks = "".join(_row(check.id, check.title, ", ".join(check.words)) for check in asked)
    goals = "".join(f"    {_told(flow.id)}: {_told(', '.join(flow.words))},\n" for flow in declared)
    return f"{before}{table}{set_ups}}}\n{CHECKS}{checks}}}\n{GOALS}{goals}}}\n"


def _row(*texts: str) -> str:
    name, *rest = texts
    return f"    {_told(name)}: (\n{''.join(f'        {_broken(text)},{chr(10)}' for text in rest)}    ),\n"


def _broken(text: str) -> str:
    """A text in as many lines as it takes."""
    parts = textwrap.wrap(text, 106, break_long_words=False, break_on_hyphens=False)
    spaced = [*(f"{part} " for part in parts[:-1]), parts[-1]]
    return "\n        ".join(map(_told, spaced))


def _told(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    MENU.write_text(menu())
