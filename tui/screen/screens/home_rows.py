"""What the first screen offers, in parts: set up, look after, small tasks, and what there is to go on with.

A small screen shows the beginning of each part, so that all headings are in view; filtering finds the rest, too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flows import CHECKS, GOALS, SET_UPS
from flows.tasks import TASKS, WORDS

from ..widgets.row import FOUND, LISTED, Row

ROOMY = 120
"""Columns from which a summary fits beside a title."""
AROUND = 6
"""Lines of the screen that are not the list's."""
FEWEST = 3
"""So many of a part are shown on the smallest screen."""
EVERYTHING = "board:"
"""The key of the check of everything."""
SET_UP, LOOK_AFTER, SMALL, GO_ON = "Set up", "Look after: why does it not work?", "Small tasks", "Go on with"


def home_rows(runs: Sequence[Row], unfolded: Collection[str], width: int, height: int) -> list[Row]:
    """All of it.

    Args:
        runs: what there is to go on with.
        unfolded: the headings under which everything is shown.
        width: columns of the screen.
        height: its lines.
    """
    whole, most = _whole(roomy=width >= ROOMY), _most(height)
    parts = {heading: _folded(heading, rows, most) for heading, rows in whole.items()}
    parts |= {GO_ON: list(runs)} if runs else {}
    lines = sum(1 + len(part) for part in parts.values())
    airy = lines + len(parts) - 1 <= height - AROUND
    rows: list[Row] = []
    for heading, part in parts.items():
        rows += [*[Row("", "")] * (airy and bool(rows)), Row("", heading)]
        rows += [row._replace(only=LISTED) for row in whole[heading]] if heading in unfolded else part
    return rows + entries()


def part_of(key: str) -> str:
    """The heading under which an entry stands; empty where it is none of these."""
    return next((heading for heading, rows in _whole(roomy=False).items() if key in {row.key for row in rows}), "")


def entries() -> list[Row]:
    """All that can be begun, with the part it is in; found, and in no list.

    Set-ups come first, as on the list; only who types what they see, such as 403, is led to what is looked after.
    """
    names, whole = {SET_UP: "Set up", LOOK_AFTER: "Look after", SMALL: "Task"}, _whole(roomy=False)
    return [
        row._replace(label=f"{name}: {row.label}", only=FOUND)
        for heading, name in names.items()
        for row in whole[heading]
    ]


def more(heading: str) -> str:
    """The key of the row that unfolds a part."""
    return f"more:{heading}"


def about(row: Row) -> str:
    """What there is to say about an entry that has no room for it beside its title."""
    kind, _, name = row.key.partition(":")
    match kind:
        case "flow":
            return SET_UPS[name][1]
        case "check":
            return f"Also: {CHECKS[name][1]}."
        case "board":
            return "Everything there is of each kind is looked at, worst first. Nothing is changed."
        case _:
            return ""


def _whole(*, roomy: bool) -> dict[str, list[Row]]:
    """Each part with all that is in it, by its heading."""
    set_ups = [
        Row(f"flow:{name}", title, summary if roomy else "", f"{summary} {GOALS.get(name, '')}", name=name)
        for name, (title, summary) in SET_UPS.items()
    ]
    checks = [Row(f"check:{name}", trouble, "", words) for name, (trouble, words) in CHECKS.items()]
    tasks = [Row(f"task:{name}", summary.rstrip("."), "", WORDS[name]) for name, summary in TASKS.items()]
    everything = Row(EVERYTHING, "Everything in this region", "", "board health status all")
    return {SET_UP: set_ups, LOOK_AFTER: [everything, *checks], SMALL: tasks}


def _most(height: int) -> int:
    """How many entries of a part there is room for, with the two latest to go on with; with one where all fits then.

    It depends on nothing else: the same keys lead to the same entry whatever somebody has to go on with.
    """
    headings, everything, folds, going_on = 3, 1, 2, 3
    room = height - AROUND - headings - everything - len(TASKS) - going_on
    all_ = max(len(SET_UPS), len(CHECKS))
    return all_ if 2 * all_ <= room + 1 else max((room - folds) // 2, FEWEST)


def _folded(heading: str, rows: list[Row], most: int) -> list[Row]:
    """The beginning of a part, and a line to see the rest."""
    most += rows[0].key == EVERYTHING
    rest = len(rows[most:])
    fold = [Row(more(heading), f"… and {rest} more", only=LISTED)] if rest else []
    return [*(row._replace(only=LISTED) for row in rows[:most]), *fold]
