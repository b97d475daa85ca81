"""The grammar of buildspec.yml 0.2, as data.

Source: AWS CodeBuild User Guide, “Build specification reference” and “Batch build buildspec reference”, as stored in
October 2026; compute and environment types are those of the SDK's model, and ARM_LAMBDA_… of the guide's example of a
batch. What it asks for and CodeBuild does without is allowed here: a phase of nothing but `finally`, secondary
artifacts alone (the guide's “Runtime versions sample”), no phases where each build of a batch has a buildspec of its
own or where there are artifacts, `commands:` with nothing below (AWS's amazon-ecs-agent, 2025-12). An
identifier is letters, digits and _, fewer than 128 (CodeBuild's BATCH_SPEC_VALIDATION_ERROR, 2020-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Text:
    """Text that is not empty. `pattern`: what it must look like, said in `looks`."""

    pattern: str = ""
    looks: str = ""


@dataclass(frozen=True)
class Value:
    """The value of a variable: text, or a number or a yes that is taken as text."""


@dataclass(frozen=True)
class Version:
    """The version of a runtime; what its text is counts, not what YAML makes of it."""


@dataclass(frozen=True)
class Flag:
    """Yes or no. `words`: whether it is written yes and no, not true and false."""

    words: bool = True


@dataclass(frozen=True)
class Count:
    """A whole number from 1."""


@dataclass(frozen=True)
class Word:
    """One of a few words. `fold`: whether capital and small letters are the same."""

    words: tuple[str, ...]
    fold: bool = False


@dataclass(frozen=True)
class ListOf:
    """A list of at least one. `commands`: whether they are commands."""

    of: object
    most: int = 0
    commands: bool = False


@dataclass(frozen=True)
class TextOrList:
    """One text, or a list of them."""


@dataclass(frozen=True)
class MapOf:
    """Names of one's own, each with a value.

    Args:
        of: the shape of the values.
        names: what a name must be: "variable", "runtime", or anything.
        most: how many there may be; 0 for any number.
        least: how few.
    """

    of: object
    names: str = ""
    most: int = 0
    least: int = 0


@dataclass(frozen=True)
class Keys:
    """Known keys, each with a shape.

    Args:
        of: key to shape.
        needs: the keys that must be there, with the rule that says so.
        instead: for a key that is needed, those of which one will do as well.
        least: how many there must be.
    """

    of: Mapping[str, object]
    needs: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    least: int = 0


TEXT, YES_NO, TRUE_FALSE = Text(), Flag(), Flag(words=False)
TEXTS = ListOf(TEXT)
NAME = r"[A-Za-z_][A-Za-z0-9_]*"
VARIABLES = MapOf(Value(), "variable")
SECRET = Text(
    r"(arn:[^:]+:secretsmanager:[^:]+:\d{12}:secret:[^:]+|[^:]+)(:[^:]*){0,3}",
    "secret-id:json-key:version-stage:version-id, where all but the first may be left out",
)
ON_FAILURE = Text(
    r"ABORT|CONTINUE|RETRY(-(100|[0-9]{1,2}))?(-.+)?",
    "ABORT, CONTINUE, RETRY, RETRY-3 (0 to 100 times), RETRY-regex or RETRY-3-regex, in capital letters",
)
PHASES = ("install", "pre_build", "build", "post_build")
PHASE = {"run-as": TEXT, "on-failure": ON_FAILURE, "commands": ListOf(TEXT, commands=True)}
PHASE |= {"finally": ListOf(TEXT, commands=True)}
_RUNS = Keys(PHASE, {"commands": "B17"}, {"commands": ("finally",)})
FORMATS = (
    "CUCUMBERJSON", "JUNITXML", "NUNITXML", "NUNIT3XML", "TESTNGXML", "VISUALSTUDIOTRX",
    "CLOVERXML", "COBERTURAXML", "JACOCOXML", "SIMPLECOV",
)  # fmt: skip
COMPUTE = Word((
    "BUILD_GENERAL1_SMALL", "BUILD_GENERAL1_MEDIUM", "BUILD_GENERAL1_LARGE", "BUILD_GENERAL1_XLARGE",
    "BUILD_GENERAL1_2XLARGE", "BUILD_LAMBDA_1GB", "BUILD_LAMBDA_2GB", "BUILD_LAMBDA_4GB", "BUILD_LAMBDA_8GB",
    "BUILD_LAMBDA_10GB", "ARM_LAMBDA_1GB", "ARM_LAMBDA_2GB", "ARM_LAMBDA_4GB", "ARM_LAMBDA_8GB", "ARM_LAMBDA_10GB",
    "ATTRIBUTE_BASED_COMPUTE", "CUSTOM_INSTANCE_TYPE",
))  # fmt: skip
MACHINE = Word((
    "WINDOWS_CONTAINER", "LINUX_CONTAINER", "LINUX_GPU_CONTAINER", "ARM_CONTAINER", "WINDOWS_SERVER_2019_CONTAINER",
    "WINDOWS_SERVER_2022_CONTAINER", "LINUX_LAMBDA_CONTAINER", "ARM_LAMBDA_CONTAINER", "LINUX_EC2", "ARM_EC2",
    "WINDOWS_EC2", "MAC_ARM",
))  # fmt: skip

_ARTIFACTS = {
    "files": TEXTS, "name": TEXT, "discard-paths": YES_NO, "base-directory": TEXT, "exclude-paths": TextOrList(),
    "enable-symlinks": YES_NO, "s3-prefix": TEXT,
}  # fmt: skip
_ENV = {
    "compute-type": COMPUTE, "fleet": TEXT, "image": TEXT, "privileged-mode": TRUE_FALSE, "type": MACHINE,
    "variables": VARIABLES,
}  # fmt: skip
ONE_BUILD_ENV = frozenset(_ENV) - {"variables"}
"""What only the environment of one build of a batch may say."""
_ONE_BUILD = {
    "identifier": Text(r"[A-Za-z0-9_]{1,127}", "letters, digits and _, fewer than 128 of them"),
    "buildspec": TEXT, "debug-session": TRUE_FALSE, "ignore-failure": TRUE_FALSE,
    "env": Keys(_ENV),
}  # fmt: skip
_BATCH = Keys({
    "fast-fail": TRUE_FALSE,
    "build-graph": ListOf(Keys({**_ONE_BUILD, "depend-on": TEXTS}, {"identifier": "B17"})),
    "build-list": ListOf(Keys(_ONE_BUILD)),
    "build-matrix": Keys({
        "static": Keys({
            "ignore-failure": TRUE_FALSE,
            "env": Keys({"privileged-mode": TRUE_FALSE, "type": MACHINE, "variables": VARIABLES}),
        }),
        "dynamic": Keys({
            "buildspec": TEXTS,
            "env": Keys({
                "compute-type": ListOf(COMPUTE), "image": TEXTS, "variables": MapOf(ListOf(Value()), "variable"),
            }),
        }),
    }),
    "build-fanout": Keys({"parallelism": Count(), "ignore-failure": TRUE_FALSE}, {"parallelism": "B17"}),
})  # fmt: skip
BATCHES = ("build-graph", "build-list", "build-matrix", "build-fanout")

BUILDSPEC = Keys(
    {
        "version": TEXT,
        "run-as": TEXT,
        "env": Keys({
            "shell": Word(("bash", "/bin/sh", "powershell.exe", "cmd.exe")),
            "variables": VARIABLES,
            "parameter-store": MapOf(TEXT, "variable"),
            "secrets-manager": MapOf(SECRET, "variable"),
            "exported-variables": ListOf(Text(NAME, "the name of a variable")),
            "git-credential-helper": YES_NO,
        }),
        "proxy": Keys({"upload-artifacts": YES_NO, "logs": YES_NO}),
        "batch": _BATCH,
        "phases": Keys({
            "install": Keys({**PHASE, "runtime-versions": MapOf(Version(), "runtime", least=1)}),
            "pre_build": _RUNS,
            "build": _RUNS,
            "post_build": _RUNS,
        }, least=1),
        "reports": MapOf(
            Keys({
                "files": TEXTS, "base-directory": TEXT, "discard-paths": YES_NO,
                "file-format": Word(FORMATS, fold=True),
            }, {"files": "B17"}),
            most=5, least=1,
        ),
        "artifacts": Keys(
            {**_ARTIFACTS, "secondary-artifacts": MapOf(Keys(_ARTIFACTS, {"files": "B12"}), least=1)},
            {"files": "B12"},
            {"files": ("secondary-artifacts",)},
        ),
        "cache": Keys(
            {"key": TEXT, "fallback-keys": ListOf(TEXT, most=5), "action": Word(("restore", "save")), "paths": TEXTS},
            {"paths": "B17"},
        ),
        "eb_codebuild_settings": MapOf(Value()),
    },
    {"phases": "B17"},
    {"phases": ("batch", "artifacts")},
)  # fmt: skip
"""The whole file, with what the command line of Elastic Beanstalk reads in it. That its version is 0.2 is said by a
rule with a sentence of its own."""

CHECKED_AGAINST = "CodeBuild User Guide, buildspec reference", "2026-10"
"""The name and the version of what these rules say."""
GUIDE = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html"
