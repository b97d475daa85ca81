"""How what goes wrong is told: a sentence or a document, and an exit code, never a traceback."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import click

from ..called import as_called
from ..support_log import mistake
from .broken_output import ended, silence, unheard
from .json_output import as_error


def exit_code_of(error: BaseException, wants_json: bool = False) -> int:
    """Say what is wrong, in words or as a document, and give the exit code for it."""
    match error:
        case KeyboardInterrupt() | click.exceptions.Abort():
            click.echo("Stopped.", err=True)
            return 130
        case click.UsageError():
            hint = f"See: {error.ctx.command_path} --help" if error.ctx else ""
            said = {"code": "usage", "message": error.format_message(), "remedy": hint, "action": ""}
            return _ending(said, 2, wants_json)
        case click.ClickException():
            said = {"code": "usage", "message": error.format_message(), "remedy": "", "action": ""}
            return _ending(said, 2, wants_json)
        case Exception():
            return _problem(error, wants_json)
    raise error


def _problem(error: Exception, wants_json: bool) -> int:
    from flows.engine import CloudError, Problem

    from .. import words

    if isinstance(error.__cause__, CloudError):
        error = error.__cause__  # the answer may be right: it could not be looked up
    if isinstance(error, BrokenPipeError):  # the reader has gone; so may we
        silence()
        return 0
    if ended(error):
        return unheard(error)
    if not isinstance(error, Problem):
        mistake(error)
        if os.environ.get("HANDRAIL_DEBUG"):
            raise error
        error = Problem(
            f"Handrail itself made a mistake ({type(error).__name__}).",
            "What was done until then is in the journal.",
            "`handrail runs` shows it. HANDRAIL_DEBUG=1 shows the details for a report.",
        )
        error.exit_code = 1
    if wants_json:
        return _ending(as_error(error), error.exit_code, wants_json, getattr(error, "about", {}))
    with suppress(OSError):
        click.echo(words.problem(error), err=True)
    return error.exit_code


def _ending(error: dict[str, Any], code: int, wants_json: bool, about: Mapping[str, Any] | None = None) -> int:
    from ..safe import shown

    with suppress(OSError):
        if wants_json:
            print(json.dumps({"error": error, **(about or {})}, indent=2), flush=True)
            return code
    with suppress(OSError):
        told = "\n".join(shown(part) for part in (error["message"], error["remedy"]) if part)
        click.echo(as_called(told), err=True)
    return code
