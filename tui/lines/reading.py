"""How a person's reply is read, and how something is told: the two ends of a conversation by lines.

A capable terminal edits each reply with questionary. Everywhere else, and wherever `HANDRAIL_PLAIN=1` asks for it, a
reply is a plain line, and then not a single control character is sent.
"""

from __future__ import annotations

import io
import os
import select
import sys
import termios
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import click

from flows import glossary

from ..safe import line
from ..telling import say
from ..terminal import is_dumb

if TYPE_CHECKING:
    from prompt_toolkit.history import InMemoryHistory

Reader = Callable[[str, str], str]
"""A prompt and what Enter alone means in, the reply out: several lines if they came in one go, as when pasted."""
Unseen = Callable[[str], str]
"""A prompt in, the reply out, which is not shown as it is typed."""
FIRST, FURTHER = 0.05, 0.3
"""Seconds to wait for what came along with a line, and then for more of it over a slow line."""


class Quit(Exception):
    """The person wants to leave. `code` is how the command ends."""

    code = 0


class Interrupted(Quit):
    """The person pressed Ctrl-C."""

    code = 130


def explain(words: Mapping[str, str], texts: Iterable[str] = (), set_up: str = "", *, err: bool = False) -> None:
    """Say what can be said, and what the technical words mean that stand in these texts, as that set-up means them; on
    standard error where the result of a command is to come on the other."""
    say("\n".join(f"  {word}: {what}" for word, what in words.items()), err=err)
    if found := glossary.standing_in(texts, set_up):
        say("\n".join(["Words:", *(f"  {word.name}: {word.meaning}" for word in found)]))


def reader() -> Reader:
    """How this terminal is read. Raises Quit at Ctrl-C and at the end of input."""
    return plain if is_dumb() or not sys.stdout.isatty() else editing


def plain(prompt: str, start: str) -> str:
    """Plain lines, without a single control character."""
    try:
        reply = input(f"{asked(prompt, start)} ")
    except EOFError:
        say("")
        raise Quit from None
    except KeyboardInterrupt:
        say("")
        raise Interrupted from None
    if not sys.stdout.isatty():
        click.echo(reply)  # the terminal shows what is typed, but not to a file
    return _whole(reply, came_along()) or start


def hidden(prompt: str) -> str:
    """One line that is shown nowhere as it is typed, and by no arrow up; also where a terminal could edit it.

    Raises Quit at Ctrl-C and at the end of input.
    """
    try:
        with _unseen():
            click.echo(f"{asked(prompt, '')} ", nl=False)
            reply = sys.stdin.readline()  # not `input`, which a terminal that edits lines would show
            came_along()
    except KeyboardInterrupt:
        say("")
        raise Interrupted from None
    say("")  # the Enter was not shown either
    if not reply:
        raise Quit
    return reply.strip()


@contextmanager
def _unseen() -> Iterator[None]:
    """What is typed meanwhile is not shown by the terminal, if there is one."""
    try:
        keys = sys.stdin.fileno()
        before = termios.tcgetattr(keys)
    except (termios.error, ValueError, io.UnsupportedOperation):  # nobody types
        yield
        return
    unseen = [*before]
    unseen[3] &= ~termios.ECHO
    termios.tcsetattr(keys, termios.TCSADRAIN, unseen)
    try:
        yield
    finally:
        termios.tcsetattr(keys, termios.TCSADRAIN, before)


def editing(prompt: str, start: str) -> str:
    """Lines that can be edited; the arrow up brings back what is offered, and what was said before."""
    import questionary

    said = _said()
    if start:
        said.append_string(start)
    try:
        reply = str(questionary.text(asked(prompt, start), qmark=">", history=said).unsafe_ask())
    except EOFError:
        raise Quit from None
    except KeyboardInterrupt:
        raise Interrupted from None
    return _whole(reply, _typed_ahead() + came_along()) or start


@cache
def _said() -> InMemoryHistory:
    """What was said and offered before, which the arrow up brings back to be edited."""
    from prompt_toolkit.history import InMemoryHistory

    return InMemoryHistory()


def asked(prompt: str, start: str) -> str:
    """A prompt with what Enter alone means."""
    return f"{prompt} [{line(start)}]:" if start else f"{prompt}:"


def _whole(reply: str, more: str) -> str:
    lines = (each.strip() for each in f"{reply}\n{more}".replace("\r", "\n").split("\n"))
    return "\n".join(each for each in lines if each)


def came_along() -> str:
    """What was typed or pasted beyond the line that was just read, so that it answers no question unseen.

    Also an unfinished line, which the terminal would otherwise keep for the next reply.
    """
    found, wait = b"", FIRST
    try:
        keys = sys.stdin.fileno()
        before = termios.tcgetattr(keys)
    except (termios.error, ValueError, io.UnsupportedOperation):  # nobody types
        return ""
    at_once = [*before]
    at_once[3] &= ~termios.ICANON
    termios.tcsetattr(keys, termios.TCSANOW, at_once)
    try:
        while select.select([keys], [], [], wait)[0] and (piece := os.read(keys, 65536)):
            found, wait = found + piece, FURTHER
    finally:
        termios.tcsetattr(keys, termios.TCSANOW, before)
    return found.decode(errors="replace")


def _typed_ahead() -> str:
    """The same where lines are edited: what the editor had read already."""
    from prompt_toolkit.application.current import get_app_session
    from prompt_toolkit.input.typeahead import get_typeahead

    return "".join(press.data for press in get_typeahead(get_app_session().input))


def unread(*, err: bool = False) -> None:
    """Forget what was typed before what is shown now, and say so, on standard error where the result of a command is
    to come on the other: nobody confirms what they have not seen."""
    ahead = came_along()
    if "prompt_toolkit" in sys.modules:
        ahead = _typed_ahead() + ahead
    if ahead:
        say("What was typed before this stood here is left out: it was no answer to this.", err=err)
