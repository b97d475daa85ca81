"""The manual page, `handrail.1`, written from the command line itself when the package is built."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import click

from flows import SET_UPS
from flows.version import __version__

from .examples import EXAMPLES
from .exit_codes import EXIT_CODES

ENVIRONMENT = {
    "AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL": "as for aws(1); so are all other settings of AWS",
    "HANDRAIL_PLAIN": "1: line prompts always, without a single control character",
    "NO_COLOR": "not empty: words instead of colours",
    "XDG_STATE_HOME": "where drafts and runs are kept; ~/.local/state if it is not set",
    "HANDRAIL_DEBUG": "not empty: a mistake of Handrail's own shows its details",
}
FILES = {
    "$XDG_CONFIG_HOME/handrail/settings.toml": "profile, region, theme and plain; ~/.config if it is not set",
    "$XDG_STATE_HOME/handrail/journal.db": "drafts and runs, readable only by you",
    "$XDG_STATE_HOME/handrail/files/": "what a run hands over, in a folder for each",
    "$XDG_STATE_HOME/handrail/practice/": "the practice account",
}


def man_page(command: click.Group, name: str = "handrail") -> str:
    """The page in man(7)'s macros: every command of `command` with its arguments and options."""
    context = click.Context(command, info_name=name)
    lines = [
        f'.TH {name.upper()} 1 "" "{name} {__version__}" "User Commands"',
        ".SH NAME", f"{name} \\- {_text(command.get_short_help_str(200).removeprefix('Handrail ').rstrip('.'))}",
        ".SH SYNOPSIS", *_synopsis(context),
        ".SH DESCRIPTION", *_paragraphs(command.help or ""),
        ".SH OPTIONS", *_options(context),
        ".SH COMMANDS", *_commands(context),
        ".SH SET\\-UPS", *_list({name: summary for name, (_, summary) in SET_UPS.items()}),
        ".SH EXIT STATUS", *_list({str(code): meaning for code, meaning in EXIT_CODES.items()}),
        ".SH ENVIRONMENT", *_list(ENVIRONMENT),
        ".SH FILES", *_list(FILES),
        ".SH SEE ALSO", ".BR aws (1)",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _commands(above: click.Context) -> Iterator[str]:
    command = above.command
    assert isinstance(command, click.Group), "only a group has commands"
    for name, each in command.commands.items():
        context = click.Context(each, info_name=name, parent=above)
        if isinstance(each, click.Group):
            yield from _commands(context)
            continue
        yield f'.SS "{_text(context.command_path.partition(" ")[2])}"'
        yield from _synopsis(context)
        yield from _paragraphs(each.help or "")
        everywhere = {parameter.name for parameter in context.find_root().command.get_params(above)}
        yield from _options(context, but=everywhere)
        yield from (".PP", "Examples:", ".nf", *map(_text, EXAMPLES[context.command_path.partition(" ")[2]]), ".fi")


def _synopsis(context: click.Context) -> Iterator[str]:
    yield f".B {_text(context.command_path)}"
    yield _text(" ".join(context.command.collect_usage_pieces(context)))
    yield ".PP"


def _options(context: click.Context, but: Collection[str | None] = ()) -> Iterator[str]:
    for parameter in context.command.get_params(context):
        row = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if row and parameter.name not in but:
            yield from _list({row[0]: row[1]})


def _list(rows: dict[str, str]) -> Iterator[str]:
    for term, meaning in rows.items():
        yield from (".TP", f".B {_text(term)}", _text(meaning))


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        yield from (_text(" ".join(paragraph.split())), ".PP")


def _text(text: str) -> str:
    """Text that troff takes for nothing else: no escapes, no requests, hyphens that can be copied."""
    escaped = text.replace("\\", r"\(rs").replace("-", r"\-")
    return re.sub(r"^([.'])", r"\\&\1", escaped)
