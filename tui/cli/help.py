"""`handrail help`: what a command or a set-up does, or what a technical word means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from flows import SET_UPS

from . import completions
from .json_output import print_json
from .options import command, global_options, json_option

EVERY = "words"
"""What is said for all entries of the glossary."""


@command("help")
@click.argument("word", nargs=-1, metavar="[COMMAND|WORD]", shell_complete=completions.words)
@json_option
@global_options
def help_(word: tuple[str, ...], output: str, **given: Any) -> None:
    """What a command does, or what a word means.

    `handrail help words` lists all words.
    """
    from flows import glossary
    from flows.engine import Refused
    from flows.engine.shell import handrail

    context = click.get_current_context().find_root()
    if command := _command(context, word):
        click.echo(command.get_help())
        return
    name = " ".join(word)
    if name in SET_UPS and output == "text":
        title, summary = SET_UPS[name]
        click.echo(f"{title}\n    {summary}\n    Begin it with: {handrail('run', name)}\n")
    found = glossary.words() if name == EVERY else tuple(glossary.meanings(name))
    if not found and name not in SET_UPS:
        near = glossary.near(name)
        remedy = f"Near it: {', '.join(near)}." if near else "`handrail help words` lists all words."
        raise Refused(f"“{name}” is neither a command nor a word that is explained here.", remedy=remedy)
    if output == "json":
        print_json(
            [{"word": each.name, "forms": [*each.forms[1:], *each.here], "meaning": each.meaning} for each in found]
        )
        return
    for each in found:
        also = f" ({', '.join(each.also())})" if each.also() else ""
        click.echo(f"{each.name}{also}\n    {each.meaning}")


def _command(context: click.Context, word: Sequence[str]) -> click.Context | None:
    """The command that these words call; the program itself where there are none."""
    for name in word:
        command = context.command.get_command(context, name) if isinstance(context.command, click.Group) else None
        if command is None:
            return None
        context = click.Context(command, info_name=name, parent=context)
    return context
