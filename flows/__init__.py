"""What Handrail can set up: one folder each, whose `flow.py` declares it. Menu, diagram and answers keys follow."""

from __future__ import annotations

from flows.menu import CHECKS, GOALS, SET_UPS

TYPE_CHECKING = False  # typing.TYPE_CHECKING, without the import: this module is on the way to the first frame
if TYPE_CHECKING:
    from flows.engine import Flow

__all__ = ["CHECKS", "GOALS", "SET_UPS", "declared", "every", "find"]


def find(name: str) -> type[Flow]:
    """The set-up of that name. Raises Refused, naming the nearest known one."""
    from flows.engine import Refused
    from flows.engine.asked import unknown

    if name not in SET_UPS:
        raise Refused(*unknown(name, SET_UPS, "the list of set-ups"))
    return declared(name)


def declared(folder: str) -> type[Flow]:
    """The set-up that a folder holds, whether or not the menu knows it yet."""
    from importlib import import_module

    from flows.engine import Flow

    module = import_module(f"flows.{folder}.flow")
    return next(
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Flow) and value.__module__ == module.__name__
    )


def every() -> list[type[Flow]]:
    """All set-ups, in the order of the menu."""
    return [find(name) for name in SET_UPS]
