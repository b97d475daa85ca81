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


@dataclass(frozen=True)
class Rule:
    """One thing to get right.

    Args:
        name: in small letters with hyphens.
        about: one sentence.
        why: what CodeBuild or YAML does otherwise.
        instead: what to write.
    """

    name: str
    about: str
    why: str
    instead: str


RULES = {
    "B01": Rule(
        "file-name",
        "CodeBuild looks for a file named exactly buildspec.yml at the top of the source.",
        "With any other name or folder the build ends at once with “YAML file does not exist”.",
        "Rename the file, or enter its path in the build project.",
    ),
    "B02": Rule(
        "tab",
        "YAML is indented with spaces, never with tabs.",
        "A tab at the beginning of a line cannot start anything in YAML, so the file is not read at all.",
        "Replace each tab by two spaces for each level.",
    ),
    "B03": Rule(
        "command-is-no-text",
        "A command that YAML reads as something else needs quotes.",
        "A command with “: ” in it is read as a key and a value, one with “ #” is cut off there, and one that begins "
        "with a quote, a bracket, an exclamation mark, a star or a backquote is no text at all.",
        "Put the whole command in single quotes, each ' in it doubled, or write it below - |.",
    ),
    "B04": Rule(
        "unknown-key",
        "A key is misspelt, or stands in the wrong place.",
        "CodeBuild refuses a phase that it does not know, and leaves others aside with a line in the build's log.",
        "Correct the spelling, or move the key to where it belongs.",
    ),
    "B05": Rule(
        "list-needed",
        "A list is needed: one line for each, beginning with a dash.",
        "A single text is taken as a list of one; keys with values are not.",
        "Write each on a line of its own, beginning with a dash.",
    ),
    "B06": Rule(
        "empty-or-indentation",
        "A part is empty, or what belongs to it is not indented.",
        "For YAML only what is indented more belongs to the line above, also in a block and in what is typed into a "
        "command (<<EOF).",
        "Indent what belongs to it by two more spaces, or leave the part out.",
    ),
    "B07": Rule(
        "version",
        "The first line is version: 0.2.",
        "It is the version of the file format: 0.1 runs each command in a shell of its own, and others do not exist.",
        "Write version: 0.2.",
    ),
    "B08": Rule(
        "value-not-allowed",
        "The value is not one of those allowed here, or not known to the build image.",
        "CodeBuild refuses it when it reads the file, or when the phase begins.",
        "Take one of those that the message names.",
    ),
    "B09": Rule(
        "variable",
        "A variable has a wrong place, a reserved name, or a value that YAML changes.",
        "Variables stand in env: variables:. Names beginning with CODEBUILD_ are CodeBuild's own, and no shell reads "
        "one with a hyphen. YAML 1.1 reads yes, 022 and 3.10 as something else than they look like.",
        "Give it another name, move it, or put the value in double quotes.",
    ),
    "B10": Rule(
        "duplicate-key",
        "A key is there twice; only the last one would count.",
        "YAML has each key of a mapping once.",
        "Put both parts below one key.",
    ),
    "B11": Rule(
        "secret-in-plain-text",
        "A secret in the file can be read by everybody who sees the code or the build.",
        "Buildspecs lie in the repository, and the console shows the variables of each build.",
        "Keep it in Secrets Manager or Parameter Store, and name it in env: secrets-manager or parameter-store. The "
        "role of the build gives permissions without any key. Replace a secret that was in the repository.",
    ),
    "B12": Rule(
        "artifacts",
        "Artifacts need files, and these are looked for below base-directory.",
        "Without files there is nothing to upload, and a path that repeats base-directory is looked for twice as deep.",
        "Write files as a list, each relative to base-directory.",
    ),
    "B13": Rule(
        "publishes-broken-builds",
        "post_build also runs when the build failed.",
        "What is published there may be empty or half built, and --delete takes away what was right.",
        'Put before it: - test "$CODEBUILD_BUILD_SUCCEEDING" = "1" || exit 1',
    ),
    "B14": Rule(
        "unclosed-quote",
        "A quote is opened and never closed.",
        "The shell waits for the rest of the command, or YAML takes all that follows for a part of the text.",
        "Close the quote, or put the whole command in single quotes.",
    ),
    "B15": Rule(
        "wrong-type",
        "The value is of another kind than the key needs.",
        "A list where one value is wanted is refused; a number or a yes in the place of a text is taken as written.",
        "Write the kind of value that the message names; a text that looks like a number goes in double quotes.",
    ),
    "B16": Rule(
        "not-yaml",
        "The file cannot be read as a YAML mapping.",
        "CodeBuild ends the build with YAML_FILE_ERROR before any command runs.",
        "Correct the line that is named; a buildspec is one document of keys with values.",
    ),
    "B17": Rule(
        "missing-key",
        "A key that is needed is not there.",
        "CodeBuild does not know what to run, collect or keep.",
        "Add the key that is named.",
    ),
    "B18": Rule(
        "limit",
        "There are more of them than CodeBuild takes.",
        "A build has at most five report groups, and a cache five fallback keys.",
        "Leave some out, or spread them over several builds.",
    ),
    "B19": Rule(
        "batch",
        "The builds of a batch do not fit together.",
        "A batch is of one kind; its builds have names of their own and wait for others of it, never for each other.",
        "Correct the name, the dependency or the kind that is named.",
    ),
    "B20": Rule(
        "public-acl",
        "Buckets take no access lists unless they were told to.",
        "Buckets made since April 2023 refuse --acl public-read with AccessControlListNotSupported.",
        "Leave it out; public reading is set once in the bucket's policy.",
    ),
    "B21": Rule(
        "tilde",
        "CodeBuild does not replace ~ in paths.",
        "A cache below ~ is never found, so nothing is kept.",
        "Write /root instead, or the home of the user that runs the build.",
    ),
}
"""Id to rule. Ids never change their meaning."""
