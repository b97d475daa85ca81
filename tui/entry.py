"""The `handrail` command's first step: what needs neither a library nor an account is answered at once."""

from __future__ import annotations

import sys

from tui.characters import fit
from tui.cli.broken_output import ended, open_all, silence, unheard
from tui.terminal import is_terminal, wants_lines


def main() -> None:
    """Answer `--version`, `--help` and `list` from what is at hand; hand everything else to the command line."""
    open_all()
    fit()
    try:
        _answer(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has gone; so may we
        silence()
    except OSError as error:
        if not ended(error):
            raise
        sys.exit(unheard(error))


def _answer(words: list[str]) -> None:
    match words:
        case ["--version"]:
            from flows.version import __version__

            print("handrail", __version__)
        case ["list"]:
            from tui.cli.set_up_list import print_set_ups

            print_set_ups()
        case ["--help"] | ["-h"]:
            # as the command line would print it; `make texts` writes it, a test compares the two
            with open(__file__.replace("entry.py", "help.txt"), encoding="utf-8") as text:  # noqa: PTH123 - pathlib is slow to load
                print(text.read(), end="")
        case _:
            import gc

            # what is imported stays: looking through it for garbage took a sixth of the start
            gc.set_threshold(200_000, 20, 50)
            if words in ([], ["--practice"]) and is_terminal() and not wants_lines():
                sys.exit(full_screen(practice=bool(words)))
            from tui.cli.main import main as command_line

            command_line()


def full_screen(*, practice: bool) -> int:
    """Open the home screen, past the command line, which takes as long to load as a fifth of the screen."""
    from flows.place import Place
    from tui import preferences

    try:
        if preferences.plain():
            from tui.lines.home import home

            return home(preferences.here(Place(practice=practice)))
        from tui.screen.app import run

        return run(Place(practice=practice))
    except (Exception, KeyboardInterrupt) as error:
        from tui.cli.errors import exit_code_of

        return exit_code_of(error)
