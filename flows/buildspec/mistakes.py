"""What can be wrong with a buildspec: the rules, and one mistake with its place in the file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is; the words are SARIF's levels, too."""

    ERROR = "error"
    """CodeBuild refuses the file, or the build that is meant to run from it."""
    WARNING = "warning"
    """CodeBuild takes it, and does most likely not what was meant: a part is ignored, or read as something else."""
    NOTE = "note"
    """It works today."""


@dataclass(frozen=True)
class Place:
    """A part of the file, counted from 1 in lines and characters; the end is the character behind it."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong.

    Args:
        rule: its id, one of `RULES`.
        severity: how bad it is.
        message: what is wrong, with the value, and what to write instead.
        at: where.
        fix: the text that belongs there, where there is only one; else empty.
        quiet: whether the line may not be repeated, since a secret stands in it.
    """

    rule: str
    severity: Severity
    message: str
    at: Place
    fix: str = ""
    quiet: bool = False


RULES = {
    "B01": ("file-name", "CodeBuild looks for a file named exactly buildspec.yml at the top of the source."),
    "B02": ("tab", "YAML is indented with spaces, never with tabs."),
    "B03": ("command-is-no-text", "A command that YAML reads as something else needs quotes."),
    "B04": ("unknown-key", "A key is misspelt, or stands in the wrong place."),
    "B05": ("list-needed", "A list is needed: one line for each, beginning with a dash."),
    "B06": ("empty-or-indentation", "A part is empty, or what belongs to it is not indented."),
    "B07": ("version", "The first line is version: 0.2."),
    "B08": ("value-not-allowed", "The value is not one of those allowed here, or not known to the build image."),
    "B09": ("variable", "A variable has a wrong place, a reserved name, or a value that YAML changes."),
    "B10": ("duplicate-key", "A key is there twice; only the last one would count."),
    "B11": ("secret-in-plain-text", "A secret in the file can be read by everybody who sees the code or the build."),
    "B12": ("artifacts", "Artifacts need files, and these are looked for below base-directory."),
    "B13": ("publishes-broken-builds", "post_build also runs when the build failed."),
    "B14": ("unclosed-quote", "A quote is opened and never closed."),
    "B15": ("wrong-type", "The value is of another kind than the key needs."),
    "B16": ("not-yaml", "The file cannot be read as a YAML mapping."),
    "B17": ("missing-key", "A key that is needed is not there."),
    "B18": ("limit", "There are more of them than CodeBuild takes."),
    "B19": ("batch", "The builds of a batch do not fit together."),
    "B20": ("public-acl", "Buckets take no access lists unless they were told to."),
    "B21": ("tilde", "CodeBuild does not replace ~ in paths."),
}
"""Id to its name and what it is about. Ids never change their meaning."""
