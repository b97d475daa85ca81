"""What a colleague, or another tool, may do to what a run made, by operation: each set-up that calls it has it.

A room has the deeds to the things of one service. Each deed notes itself, so all rooms are opened.
"""

from importlib import import_module
from pkgutil import iter_modules

from elsewhere.colleague.deed import DEEDS, NOBODY, Deed, done

for room in iter_modules(__path__):
    import_module(f"{__name__}.{room.name}")

__all__ = ["DEEDS", "NOBODY", "Deed", "done"]
