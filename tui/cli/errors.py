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


def exit_code_of(error: BaseException, output: str = "") -> int:
    """Say what is wrong, and give the exit code for it.

    Args:
        output: "" for words, `json` for a document, `ndjson` for one that is a single line, as all lines there are.
    """
    match error:
        case KeyboardInterrupt() | click.exceptions.Abort():
            return _ending({"code": "stopped", "message": "Stopped.", "remedy": "", "action": ""}, 130, output)
        case click.UsageError():
            hint = f"See: {error.ctx.command_path} --help" if error.ctx else ""
            said = {"code": "usage", "message": error.format_message(), "remedy": hint, "action": ""}
            return _ending(said, 2, output)
        case click.ClickException():
            said = {"code": "usage", "message": error.format_message(), "remedy": "", "action": ""}
            return _ending(said, 2, output)
        case Exception():
            return _problem(error, output)
    raise error


def _problem(error: Exception, output: str) -> int:
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
    if output:
        return _ending(as_error(error), error.exit_code, output, getattr(error, "about", {}))
    with suppress(OSError):
        click.echo(words.problem(error), err=True)
    return error.exit_code


def _ending(error: dict[str, Any], code: int, output: str, about: Mapping[str, Any] | None = None) -> int:
    from ..safe import shown

    with suppress(OSError):
        if output:
            indent = None if output == "ndjson" else 2
            print(json.dumps({"error": error, **(about or {})}, indent=indent), flush=True)
            return code
    with suppress(OSError):
        told = "\n".join(shown(part) for part in (error["message"], error["remedy"]) if part)
        click.echo(as_called(told), err=True)
    return code
