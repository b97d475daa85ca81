"""What each command's `--help` ends with: examples that can be typed, and what its exit codes mean."""

from __future__ import annotations

from collections.abc import Mapping

import click

from .exit_codes import EXIT_CODES

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "": (
        "handrail --practice              # try everything; no AWS account is needed",
        "handrail run vpn                 # asked on the screen, reviewed, created",
        "handrail check                   # what does not work?",
        "handrail undo vpn-5crr070y       # as it was before",
    ),
    "run": (
        "handrail run vpn                 # asked on the screen; with --plain by lines",
        "handrail run vpn --answers office.yaml --set name=berlin",
        "handrail run vpn --answers office.yaml -y -o json   # nobody is asked",
    ),
    "plan": (
        "handrail plan vpn --answers office.yaml",
        "handrail plan vpn --answers office.yaml -o json",
    ),
    "export": (
        "handrail export vpn --answers office.yaml --format cli --out office.sh",
        "handrail export vpn --answers office.yaml --format policy",
    ),
    "runs": (
        "handrail runs                    # what there is, the latest first",
        "handrail runs vpn-5crr070y --look               # is it still as it was left?",
        "handrail runs vpn-5crr070y --look --put-back -y # make it so again",
        "handrail runs vpn-5crr070y --delete             # forget a draft",
    ),
    "resume": (
        "handrail resume vpn-5crr070y",
        "handrail resume vpn-5crr070y -y -o json",
        "handrail resume vpn-5crr070y -y --set psk_1=@key.txt   # a secret, which nothing keeps",
    ),
    "undo": (
        "handrail undo vpn-5crr070y",
        "handrail undo aurora-5crr070y -y --set final_snapshot=no",
    ),
    "check": (
        "handrail check vpn               # asks which one",
        "handrail check vpn --set connection=vpn-0123456789abcdef0",
        "handrail check website --set domain=www.example.com --fix all -y",
        "handrail check -o json           # everything in the region",
    ),
    "task": (
        "handrail task                    # asks which one",
        "handrail task lint-buildspec buildspec.yml",
    ),
    "task database-awake": (
        "handrail task database-awake shop",
        "handrail task database-awake shop --set do=wake",
    ),
    "task lint-buildspec": (
        "handrail task lint-buildspec buildspec.yml",
        "handrail task lint-buildspec buildspec.yml --output sarif",
    ),
    "list": ("handrail list -o json",),
    "questions": (
        "handrail questions vpn           # the keys of an answers file",
        "handrail questions vpn --check   # what its check asks",
    ),
    "practice": ("handrail practice reset           # the company as it was on the first day",),
    "practice reset": ("handrail practice reset -y",),
    "graph": ("handrail graph vpn > vpn.mmd", "handrail graph vpn --picture --format svg > vpn.svg"),
    "completion": ('eval "$(handrail completion bash)"',),
    "help": (
        "handrail help CIDR",
        "handrail help undo",
        "handrail help words              # all of them",
    ),
}
LOCAL = {"list", "questions", "graph", "completion", "help"}
"""Commands that need neither an account nor a journal: they are right or wrong."""


def codes(path: str) -> dict[int, str]:
    """The exit codes of a command, each with what it means there."""
    if path in LOCAL:
        return {0: "done", 2: "the command is not right"}
    return {code: meaning for code, meaning in EXIT_CODES.items() if code != 5 or path in ("", "check")}


class Explained(click.Command):
    """A command whose help has examples and exit codes."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        path = ctx.command_path.partition(" ")[2]
        examples(path, formatter)
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in codes(path).items()])


class ExplainedGroup(Explained, click.Group):
    """The same for a command that has others."""


def examples(path: str, formatter: click.HelpFormatter) -> None:
    """The examples of a command, each a line as it is typed."""
    lines = EXAMPLES.get(path, ())
    if not lines:
        return
    with formatter.section("Examples"):
        for line in lines:
            formatter.write(f"{'':{formatter.current_indent}}{line}\n")
