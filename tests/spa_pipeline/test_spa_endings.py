"""Which command of a build failed, and what that means: AWS's codes and the phase decide, never an echoed word."""

from __future__ import annotations

from typing import Any, cast

import pytest

from flows.aws import builds
from flows.engine import Call, Cloud, CloudError

VITE = ("vite v7.1.4 building for production...", "dist/index.html   0.46 kB", "✓ built in 2.10s")
TEST = 'test -f "$SITE_DIR/index.html"'
SYNC = 'aws s3 sync "$SITE_DIR/" "s3://$SITE_BUCKET/"'
INVALIDATE = 'aws cloudfront create-invalidation --distribution-id "$DISTRIBUTION_ID" --paths "/index.html"'
STAMP = "[Container] 2026/11/29 10:00:00.000000"


def log(command: str, *said: str, before: tuple[str, ...] = VITE, status: int = 1) -> list[str]:
    """A log as CodeBuild writes it, in which every command is echoed."""
    lines = [f"{STAMP} Running command npm run build", *before]
    lines += [f"{STAMP} Phase complete: BUILD State: SUCCEEDED", f"{STAMP} Running command {TEST}"]
    first = command.partition("\n")[0]
    lines += [f"{STAMP} Running command {first}", *said]
    lines += [f"{STAMP} Command did not exit successfully {first} exit status {status}", "dist/index.html"]
    return lines


def failed(command: str, status: int = 1, phase: str = "POST_BUILD") -> dict[str, Any]:
    message = f"Error while executing command: {command}. Reason: exit status {status}"
    return {
        "phaseType": phase,
        "phaseStatus": "FAILED",
        "contexts": [{"statusCode": "COMMAND_EXECUTION_ERROR", "message": message}],
    }


def ended(phase: str, status: str, code: str = "", message: str = "") -> dict[str, Any]:
    return {"phaseType": phase, "phaseStatus": status, "contexts": [{"statusCode": code, "message": message}]}


def refused(code: str, operation: str, message: str = "Access Denied") -> str:
    return f"upload failed: dist/a.js to s3://site/a.js An error occurred ({code}) when calling the {operation} operation: {message}"  # fmt: skip  # noqa: E501


class Built:
    """An account in which one build ended in a certain way."""

    def __init__(self, phase: dict[str, Any], lines: list[str] | None, **build: Any) -> None:
        self.phase, self.lines, self.build = phase, lines, build

    def make(self, call: Call) -> dict[str, Any]:
        if call.operation == "logs.GetLogEvents":
            if self.lines is None:
                raise CloudError("You are not allowed to look at the log.")
            return {"events": [{"message": f"{each}\n"} for each in self.lines]}
        phases = [{"phaseType": "SUBMITTED", "phaseStatus": "SUCCEEDED"}, self.phase, {"phaseType": "COMPLETED"}]
        where = {"groupName": "/aws/codebuild/x", "streamName": "y"}
        return {"builds": [{"buildStatus": "FAILED", "phases": phases, "logs": where, **self.build}]}


def ending(built: Built) -> builds.Ending | None:
    return builds.ending(cast("Cloud", built), "x:1")


UPLOADED = tuple(f"upload: dist/{number}.js to s3://site/{number}.js" for number in range(60))
LOCK = "npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync."
NO_PACKAGE = "npm error enoent Could not read package.json: Error: ENOENT: no such file or directory, open '/codebuild/output/src1/src/package.json'"  # noqa: E501
KEY = "User: arn:aws:sts::1:assumed-role/b/x is not authorized to perform: kms:GenerateDataKey on this resource"
ENDINGS: dict[str, tuple[dict[str, Any], list[str] | None, str, str]] = {
    "no page": (failed(TEST), log(TEST), "The build left no index.html", "build_output"),
    "may not write": (
        failed(SYNC), log(SYNC, refused("AccessDenied", "PutObject"), *UPLOADED), "may not do s3:PutObject", "Allow it",
    ),
    "may not use the key": (
        failed(SYNC), log(SYNC, refused("AccessDenied", "PutObject", KEY)), "kms:GenerateDataKey (the bucket's key)",
        "Allow it: kms:GenerateDataKey",
    ),
    "may not list": (failed(SYNC), log(SYNC, refused("AccessDenied", "ListObjectsV2")), "s3:ListBucket", "Allow it"),
    "may not invalidate": (
        failed(INVALIDATE, 254), log(INVALIDATE, refused("AccessDenied", "CreateInvalidation")),
        "cloudfront:CreateInvalidation", "Allow it",
    ),
    "no such distribution": (
        failed(INVALIDATE, 254), log(INVALIDATE, refused("NoSuchDistribution", "CreateInvalidation")),
        "no distribution of that id", "DISTRIBUTION_ID",
    ),
    "no such bucket": (failed(SYNC), log(SYNC, refused("NoSuchBucket", "ListObjectsV2")), "does not exist", "Make it"),
    "ACLs": (
        failed("aws s3 sync --acl public-read dist s3://site"),
        log("aws s3 sync --acl public-read dist s3://site", refused("AccessControlListNotSupported", "PutObject")),
        "An old command tries to use ACLs.", "Remove --acl",
    ),
    "an answer that is not known": (
        failed(SYNC), log(SYNC, refused("SlowDown", "PutObject", "Reduce your rate")), "AWS answered SlowDown", "See",
    ),
    "an import": (
        failed("npm run build", phase="BUILD"),
        log("npm run build", 'Rollup failed to resolve import "./Button" from "src/index.html"'), "leads to no file",
        "Capital letters",
    ),
    "a script in several lines": (
        failed("cd site\nnpm run build", phase="BUILD"), log("cd site\nnpm run build", "npm error Missing script"),
        "no script of that name", "build_command",
    ),
    "npm ci out of sync": (
        failed("npm ci", phase="INSTALL"), log("npm ci", LOCK), "does not fit package.json", "commit package-lock.json",
    ),
    "a folder in the zip": (
        failed("npm run build", 254, "BUILD"), log("npm run build", NO_PACKAGE), "no package.json at the top",
        "cd project && zip -r",
    ),
    "a buildspec in a folder of the zip": (
        ended("DOWNLOAD_SOURCE", "FAILED", "YAML_FILE_ERROR", "stat /src/buildspec.yml: no such file or directory"),
        [], "no buildspec at the top", "cd project && zip -r",
    ),
    "a buildspec that is none": (
        ended("DOWNLOAD_SOURCE", "FAILED", "YAML_FILE_ERROR", "YAML syntax: line 3"), [], "cannot be read", "line",
    ),
    "no such Node.js": (
        ended("INSTALL", "FAILED", "YAML_FILE_ERROR", "Unknown runtime version named '18' of nodejs"), [],
        "does not have that version", "node",
    ),
    "not found": (failed("ng build", 127, "BUILD"), log("ng build", "ng: not found"), "was not found", "package.json"),
    "out of memory": (failed("npm run build", 137, "BUILD"), [], "out of memory", "MEDIUM"),
    "out of time": (
        ended("BUILD", "TIMED_OUT", "BUILD_TIMED_OUT", "Build has timed out."), log("npm run build", "Would you like"),
        "longer than the project allows", "waits for an answer",
    ),
    "no machine": (ended("QUEUED", "TIMED_OUT", "BUILD_TIMED_OUT", "timed out"), [], "No machine", "Service Quotas"),
    "stopped": (ended("BUILD", "STOPPED"), log("npm run build"), "Somebody stopped it.", "Start it again."),
    "artifacts": (
        ended("UPLOAD_ARTIFACTS", "CLIENT_ERROR", "CLIENT_ERROR", "no matching base directory path found for dist"),
        log(SYNC), "does not exist after the build", "folder",
    ),
    "its source": (
        ended("DOWNLOAD_SOURCE", "FAILED", "CLIENT_ERROR", "Error while downloading key x: AccessDenied"), [],
        "could not fetch its source", "bucket of the artifacts",
    ),
    "a log that may not be read": (failed("ng build", 127, "BUILD"), None, "was not found", "package.json"),
    "something of its own": (failed("./deploy.sh"), log("./deploy.sh", "no"), "A command of the build", "computer"),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDINGS)
def test_an_ending_is_told_as_it_was(name: str) -> None:
    phase, lines, why, remedy = ENDINGS[name]
    found = ending(Built(phase, lines))
    assert found is not None
    told = builds.meaning(found)
    assert why in told[0]
    assert remedy in told[1]
    assert bool(found.unread) == (lines is None)


def test_what_other_commands_said_is_not_looked_at() -> None:
    """Neither before it nor after: a warning of an earlier command explains nothing."""
    before = (*VITE, "heap out of memory", refused("AccessDenied", "PutObject"))
    found = ending(Built(failed("./deploy.sh"), log("./deploy.sh", "no", before=before)))
    assert found is not None
    assert (found.command, found.lines) == ("./deploy.sh", ("no",))


@pytest.mark.parametrize("phase", ["UPLOAD_ARTIFACTS", "PROVISIONING", "FINALIZING"])
def test_a_phase_that_runs_no_commands_blames_none(phase: str) -> None:
    """Whatever ran last, and whatever that said."""
    said = ended(phase, "CLIENT_ERROR", "CLIENT_ERROR", "Something else")
    found = ending(Built(said, log(SYNC, refused("SlowDown", "PutObject"))))
    assert found is not None
    assert (found.command, found.refusal) == ("", None)
    assert "no command" in builds.meaning(found)[0]


def test_what_a_phase_says_itself_is_looked_through_first() -> None:
    said = ended("UPLOAD_ARTIFACTS", "CLIENT_ERROR", "CLIENT_ERROR", refused("NoSuchBucket", "PutObject"))
    found = ending(Built(said, log(SYNC, refused("SlowDown", "PutObject"))))
    assert found is not None and found.refusal is not None
    assert found.refusal.code == "NoSuchBucket"


def test_a_build_that_ended_well_is_no_ending() -> None:
    well = Built({"phaseType": "BUILD", "phaseStatus": "SUCCEEDED"}, [], buildStatus="SUCCEEDED")
    assert ending(well) is None


def test_a_build_that_never_began_a_phase_is_told_by_its_own_state() -> None:
    found = ending(Built({}, [], buildStatus="STOPPED", currentPhase="QUEUED"))
    assert found is not None
    assert (found.phase, builds.meaning(found)[0]) == ("QUEUED", "Somebody stopped it.")
