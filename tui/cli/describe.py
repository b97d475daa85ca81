"""What is told without an account: the set-ups, their questions, their state machines, and a shell's completion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from . import completions
from .json_output import print_json
from .options import command, global_options, json_option
from .set_up_list import print_set_ups

if TYPE_CHECKING:
    from flows.engine import Question


@command("list")
@json_option
@global_options
def list_(output: str, **given: Any) -> None:
    """The set-ups."""
    from flows import SET_UPS

    if output == "text":
        print_set_ups()
    else:
        print_json([{"name": name, "title": title, "summary": summary} for name, (title, summary) in SET_UPS.items()])


def told(question: Question[Any]) -> str:
    """A question as a list of keys shows it: what is asked, what it takes, and what counts if it is left out."""
    default = f"; if left out {question.default_text}" if question.literal else ""
    return f"{question.ask} ({question.allowed()}{default})"


def suggested(question: Question[Any]) -> bool:
    """Whether its default is only offered: where nobody is asked it must be given."""
    return question.depends and not question.fine_tuning


@command()
@click.argument("flow", shell_complete=completions.set_ups)
@click.option("--check", is_flag=True, help="What `handrail check FLOW` asks.")
@json_option
@global_options
def questions(flow: str, check: bool, output: str, **given: Any) -> None:
    """The keys of FLOW's answers file, or of its check.

    With every id that --accept takes there, and what it is a yes to.
    """
    import flows
    from flows.engine import consents

    set_up = flows.find(flow)
    asked = set_up.check if check else set_up
    accepted = consents.of(set_up, check=check)
    found = [
        {
            "key": q.id, "ask": q.ask, "kind": q.kind, "essential": not q.fine_tuning,
            "default": "" if suggested(q) else q.default_text, "suggestion": q.default_text if suggested(q) else "",
            "allowed": q.allowed(), "when": str(q.when), "example": q.example, "why": q.why,
        }
        for q in asked.questions
    ]  # fmt: skip
    if output == "json":
        print_json(_with_yeses(found, accepted))
        return
    for entry in found:
        default = f", default: {entry['default']}" if entry["default"] else ""
        default = f", suggestion: {entry['suggestion']}" if entry["suggestion"] else default
        when = f" (only when {entry['when']})" if entry["when"] else ""
        when = f" (instead of {str(entry['when']).partition(' ')[0]})" if check and when else when
        kind = "" if entry["essential"] else " [fine-tuning]"
        click.echo(f"{entry['key']}{kind}{when}\n    {entry['ask']}\n    {entry['allowed']}{default}")
    click.echo("\nWhat may need a conscious yes, where nobody is asked by --accept ID:")
    for key, ids in accepted.items():
        for id_, sentence in ids.items():
            click.echo(f"{id_}{f' (at {key})' if key else ''}\n    {sentence}")


def _with_yeses(found: list[dict[str, Any]], accepted: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """What may need a conscious yes stands with its question, and that of the review with the last one before it."""
    for entry in found:
        keys = (entry["key"], "") if entry is found[-1] else (entry["key"],)
        if ids := [{"id": id_, "sentence": said} for key in keys for id_, said in accepted.get(key, {}).items()]:
            entry["accept"] = ids
    return found


@command()
@click.argument("flow", shell_complete=completions.set_ups)
@click.option("--picture", is_flag=True, help="What will be there, instead of how it is asked.")
@click.option(
    "--format", "form", type=click.Choice(["mermaid", "svg", "text"]), help="Of the picture; mermaid if left out."
)
@global_options
def graph(flow: str, picture: bool, form: str | None, **given: Any) -> None:
    """FLOW's state machine as a Mermaid diagram, or a picture of what it makes."""
    import flows

    set_up = flows.find(flow)
    if not picture:
        if form:
            raise click.UsageError("--format is the picture's: add --picture.")
        click.echo(set_up.mermaid())
        return
    if set_up.picture is None:
        raise click.UsageError(f"There is no picture of {flow}.")
    from flows.engine.drawing import sentences, whole
    from flows.export.pictures import mermaid, svg

    drawing = whole(set_up.picture)
    match form:
        case "svg":
            click.echo(svg(drawing), nl=False)
        case "text":
            click.echo("\n".join(sentences(drawing)))
        case _:
            click.echo(mermaid(drawing))


@command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@global_options
def completion(shell: str, **given: Any) -> None:
    """The completion script of a shell.

    Switch it on with, for example: eval "$(handrail completion bash)"
    """
    from click.shell_completion import get_completion_class

    completions.for_bash()
    found = get_completion_class(shell)
    assert found is not None, "click knows these three shells"
    cli = click.get_current_context().find_root().command
    click.echo(found(cli, {}, "handrail", "_HANDRAIL_COMPLETE").source())
