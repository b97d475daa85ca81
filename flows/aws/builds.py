"""How a build of CodeBuild ended: in which phase, at which command, what AWS said to that, and what it means.

The phase's own contexts name the command. Of the log only what follows that command is read, because each log echoes
commands and names of files that have nothing to do with it (CodeBuild API Reference, "BuildPhase" and "PhaseContext";
User Guide, "Troubleshooting", 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.engine import Call, Cloud, CloudError

LINES = 1000
"""So many lines of the end of a log are read: an upload writes one for each file."""
READS = ("codebuild.BatchGetBuilds", "logs.GetLogEvents")
WELL = ("SUCCEEDED", "IN_PROGRESS", "")
"""States of a phase with which nothing is wrong; the last phase has none."""
OF_COMMANDS = ("INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD")
"""The phases that run commands; in another one none was the culprit, whatever ran last."""
ENDED = {"TIMED_OUT": "ran out of time", "STOPPED": "was stopped", "FAULT": "failed by a fault of AWS's"}
STOPPED = "STOPPED"
_COMMAND = re.compile(r"Error while executing command: (?P<command>.*?)\. Reason: (?P<reason>.*)", re.DOTALL)
_RUNNING = re.compile(r"(?:\[Container\] \S+ \S+ )?Running command (?P<command>.*)")
_OVER = ("Command did not exit successfully", "Phase complete:", "Phase context status code:")
_AWS = re.compile(
    r"An error occurred \((?P<code>[\w.]+)\)(?: when calling the (?P<operation>\w+) operation)?[^:]*: (?P<message>.*)"
)
_MAY_NOT = re.compile(r"perform: (?P<action>[\w-]+:\w+)")


@dataclass(frozen=True)
class Refusal:
    """What AWS answered to a command of the build."""

    code: str
    operation: str
    message: str


@dataclass(frozen=True)
class Ending:
    """How a build ended that did not do what it should.

    Args:
        phase: the first phase that ended badly, as CodeBuild calls it.
        status: how that ended: FAILED, FAULT, TIMED_OUT, STOPPED, CLIENT_ERROR.
        said: what the phase says of it, each with its status code in front.
        command: the command at which it ended; "" where that is not known.
        lines: what the log has from that command on, or its end where no command is known.
        unread: why the log could not be read; "" if it was, or if there is none.
    """

    phase: str
    status: str
    said: tuple[str, ...] = ()
    command: str = ""
    lines: tuple[str, ...] = ()
    unread: str = ""

    @property
    def runs_commands(self) -> bool:
        return bool(self.command) or self.phase in OF_COMMANDS

    @property
    def refusal(self) -> Refusal | None:
        """The first thing that AWS refused to the phase itself, or to the command, if it was that."""
        told = (*self.said, *(self.lines if self.runs_commands else ()))
        found = next(filter(None, map(_AWS.search, told)), None)
        return Refusal(found["code"], found["operation"] or "", found["message"]) if found else None


def ending(cloud: Cloud, build: str) -> Ending | None:
    """How a build ended, by its id; None if it ended well, or is not known any more. Raises CloudError."""
    answer = cloud.make(Call("codebuild.BatchGetBuilds", {"ids": [build]}))
    one: Mapping[str, Any] = next(iter(answer.get("builds") or []), {})
    state = str(one.get("buildStatus") or "")
    phases = [each for each in one.get("phases") or [] if str(each.get("phaseStatus") or "") not in WELL]
    phase: Mapping[str, Any] = next(iter(phases), {})
    if not phase and state in WELL:
        return None
    contexts = [each for each in phase.get("contexts") or [] if each.get("statusCode") or each.get("message")]
    said = tuple(f"{each.get('statusCode') or ''} {each.get('message') or ''}".strip() for each in contexts)
    named = next(filter(None, map(_COMMAND.search, said)), None)
    command = named["command"] if named else ""
    unread, log = "", list[str]()
    try:
        log = _log(cloud, one.get("logs") or {})
    except CloudError as problem:
        unread = str(problem)
    where = str(phase.get("phaseType") or one.get("currentPhase") or "a phase that is not told")
    command, lines = _from_command(log, command) if command or where in OF_COMMANDS else ("", log)
    return Ending(where, str(phase.get("phaseStatus") or state), said, command, tuple(lines), unread)


def _log(cloud: Cloud, where: Mapping[str, Any]) -> list[str]:
    if not (where.get("groupName") and where.get("streamName")):
        return []
    here = {"logGroupName": where["groupName"], "logStreamName": where["streamName"]}
    asked = Call("logs.GetLogEvents", {**here, "limit": LINES, "startFromHead": False})
    said = (str(each.get("message") or "").strip() for each in cloud.make(asked).get("events") or [])
    return [each for each in said if each]


def _from_command(log: Sequence[str], command: str) -> tuple[str, list[str]]:
    """The command at which it ended, and what the log says after it; of commands in several lines the first counts."""
    first = command.partition("\n")[0].strip()
    started = [
        (at, found["command"])
        for at, line in enumerate(log)
        if (found := _RUNNING.match(line)) and (not first or found["command"].strip() == first)
    ]
    if not started:
        return command, _until_over(log) if command else list(log)
    at, found_command = started[-1]
    return command or found_command, _until_over(log[at + 1 :])


def _until_over(lines: Iterable[str]) -> list[str]:
    kept = list[str]()
    for line in lines:
        if any(each in line for each in _OVER):
            break
        kept.append(line)
    return kept


# -- what it means ---------------------------------------------------------------------------------------------

REFUSED: Mapping[str, tuple[str, str]] = {
    "AccessControlListNotSupported": ("An old command tries to use ACLs.", "Remove --acl public-read."),
    "NoSuchBucket": ("The bucket into which it publishes does not exist.", "Make it, or name another."),
    "NoSuchDistribution": (
        "There is no distribution of that id.", "Correct DISTRIBUTION_ID of the build project, or take it out."
    ),
    "PermanentRedirect": ("The bucket is in another region.", "Give the command --region of the bucket."),
    "KMS.DisabledException": ("The key that encrypts the bucket is switched off.", "Switch it on, or use another."),
    "KMS.NotFoundException": ("The key that encrypts the bucket does not exist.", "Give the bucket another key."),
    "TooManyInvalidationsInProgress": ("Too many invalidations are under way.", "Start it again in some minutes."),
}  # fmt: skip
"""AWS's codes → what they mean for a build, and what to do."""
DENIED = ("AccessDenied", "AccessDeniedException", "Forbidden", "403", "UnauthorizedOperation")
NEEDED = {
    "PutObject": "s3:PutObject", "CreateMultipartUpload": "s3:PutObject", "UploadPart": "s3:PutObject",
    "CopyObject": "s3:PutObject and s3:GetObject", "DeleteObject": "s3:DeleteObject",
    "DeleteObjects": "s3:DeleteObject", "ListObjectsV2": "s3:ListBucket", "ListObjects": "s3:ListBucket",
    "HeadObject": "s3:GetObject", "GetObject": "s3:GetObject", "CreateInvalidation": "cloudfront:CreateInvalidation",
}  # fmt: skip
"""Operations → the permission for them, where it has another name or is of another service than the command says."""
PHASES: tuple[tuple[str, str, str], ...] = (
    ("Unknown runtime version", "The image does not have that version of Node.js.", "Choose another with node."),
    ("YAML_FILE_ERROR.*no such file", "There is no buildspec at the top of the source.",
     "Put buildspec.yml there; a zip must not have it in a folder: cd project && zip -r ../source.zip ."),
    ("YAML_FILE_ERROR", "The buildspec cannot be read.", "One wrong space is enough; check it line by line."),
    ("no matching base directory", "The folder of the artifacts does not exist after the build.",
     "Name the folder that the build makes."),
    ("no matching artifact paths", "The build left none of the files that it should hand on.",
     "Name the files that the build makes."),
    ("UNABLE_TO_PULL_IMAGE", "The build's image could not be fetched.", "Choose an image of AWS's, or let it read it."),
    ("VPC_CLIENT_ERROR", "The build's network is not as it must be.", "Look at the project's VPC, subnets and groups."),
    ("rror while downloading", "The build could not fetch its source.",
     "Let the build's role read the bucket of the artifacts, and use its key."),
    ("INTERNAL_SERVICE_ERROR", "It is AWS's fault.", "Start it again."),
)  # fmt: skip
"""What a phase says, as a pattern → what it means, and what to do."""
STATUSES: tuple[tuple[str, str, str], ...] = (
    ("exit status 127", "A command was not found.", "Is it in package.json, and is the command spelt right?"),
    ("exit status 137", "The build ran out of memory.", "Use a larger machine: BUILD_GENERAL1_MEDIUM."),
)
"""How a command ended → what it means, and what to do."""
COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("ENOENT.*package.json", "There is no package.json at the top of the source.",
     "A zip must not have the project in a folder: cd project && zip -r ../source.zip ."),
    ("are in sync", "package-lock.json does not fit package.json.",
     "Run npm install on your computer and commit package-lock.json."),
    ("heap out of memory", "Node.js ran out of memory.", "Use a larger machine: BUILD_GENERAL1_MEDIUM."),
    ("process.env.CI = true", "Warnings count as errors here.", "Use CI=false npm run build, or mend the warnings."),
    ("Missing script", "package.json has no script of that name.", "Name with build_command one that is in it."),
    ("EBADENGINE|[Uu]nsupported engine", "A package needs another version of Node.js.",
     "Choose the version that you use with node."),
    ("esolve import|ould not resolve|Module not found|Can't resolve", "An import leads to no file.",
     "Capital letters count here: compare the import with the file's name."),
    ("Cannot find module", "A module is missing.", "Add it to package.json; capital letters count here."),
    ("ETIMEDOUT|ECONNRE|ENOTFOUND|EAI_AGAIN", "Packages could not be fetched.",
     "In a VPC the build needs a NAT gateway; otherwise start it again."),
    ("E401", "The package registry wants a sign-in.", "Give the build its token, from Secrets Manager."),
)  # fmt: skip
"""What a command says, as a pattern → what it means, and what to do."""
_INDEX = re.compile(r"test -[fes] .*index\.html")


def meaning(one: Ending) -> tuple[str, str]:
    """What it means that a build ended so, and what to do: AWS's codes first, then the phase, then the command."""
    said = "\n".join(one.said)
    if one.status == STOPPED:
        return "Somebody stopped it.", "Start it again."
    if one.status == "TIMED_OUT":
        if one.phase == "QUEUED":
            return (
                "No machine was free for it in time.",
                "Ask for more builds at a time under Service Quotas, CodeBuild.",
            )
        return "It took longer than the project allows.", "Raise its timeout, or see which command waits for an answer."
    if refusal := one.refusal:
        return _refused(refusal)
    if not _COMMAND.search(said) and (found := _first(PHASES, said)):
        return found
    if _INDEX.match(one.command):
        return "The build left no index.html in the folder.", "Answer build_output with the folder it makes."
    if not one.runs_commands:
        return "What CodeBuild does itself failed there, and no command.", "See what it says."
    return _first(STATUSES, said) or _of_command("\n".join(one.lines))


def _refused(one: Refusal) -> tuple[str, str]:
    if one.code in REFUSED:
        return REFUSED[one.code]
    if one.code in DENIED:
        told = _MAY_NOT.search(one.message)
        needs = told["action"] if told else NEEDED.get(one.operation, one.operation)
        about = " (the bucket's key)" if needs.startswith("kms:") else ""
        return f"The build's role may not do {needs}{about}.", f"Allow it: {needs}, and see that nothing denies it."
    did = f" to {one.operation}" if one.operation else ""
    return f"AWS answered {one.code}{did}: {one.message}", "See what AWS says."


def _of_command(text: str) -> tuple[str, str]:
    return _first(COMMANDS, text) or ("A command of the build failed.", "Run the same command on your computer.")


def _first(table: Sequence[tuple[str, str, str]], text: str) -> tuple[str, str] | None:
    return next(((why, remedy) for pattern, why, remedy in table if re.search(pattern, text, re.DOTALL)), None)
