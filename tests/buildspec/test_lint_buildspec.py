"""Every broken buildspec is told by rule, line and column; sound ones pass; the command line says it in three forms."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.buildspec import RULES, Severity, lint
from flows.buildspec.grammar import CHECKED_AGAINST
from flows.buildspec.images import IMAGES, versions
from flows.buildspec.sarif import relative
from flows.tasks import OUTPUTS, TASKS, WORDS, find

HERE = Path(__file__).parent
BROKEN = sorted((HERE / "broken").glob("*.yml"))
SOUND = sorted((HERE / "sound").glob("*.yml"))
WARNED = [path for path in SOUND if "# expected:" in path.read_text()]
KEY = "AKIAIOSFODNN7EXAMPLE"


def expected(path: Path) -> tuple[str, int, int]:
    """What the last line of a sample announces: its rule, line and column."""
    found = re.search(r"^# expected: (B\d\d) at (\d+):(\d+)$", path.read_text(), re.M)
    assert found
    return found[1], int(found[2]), int(found[3])


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    from tui.cli.main import main

    with pytest.raises(SystemExit) as ended:
        main(["task", "lint-buildspec", *words])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_one_is_told_by_rule_line_and_column(path: Path) -> None:
    errors = [each for each in lint(path.read_text()) if each.severity is Severity.ERROR]
    assert [(each.rule, each.at.line, each.at.column) for each in errors] == [expected(path)]


@pytest.mark.parametrize("path", WARNED, ids=lambda path: path.stem)
def test_a_doubtful_one_is_warned_of(path: Path) -> None:
    assert [(each.rule, each.at.line, each.at.column) for each in lint(path.read_text())] == [expected(path)]


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_a_sound_one_has_no_errors(path: Path) -> None:
    found = lint(path.read_bytes().decode())
    assert [each for each in found if each.severity is Severity.ERROR] == []
    if path not in WARNED and path.stem != "old_tutorial":
        assert found == []


def test_every_rule_that_is_about_text_has_a_sample() -> None:
    shown = {expected(path)[0] for path in [*BROKEN, *WARNED]} | {
        each.rule for each in lint((HERE / "sound" / "old_tutorial.yml").read_text())
    }
    assert shown == set(RULES) - {"B01"}, "the name of a file is tried below"


SENTENCES = {
    "command_with_colon": 'Line 6 was meant as a command but is read as "key: value", because it contains ": ". '
    "Put the whole command in single quotes: - 'echo Result: ok'",
    "tab": "Line 4 is indented with a tab. YAML allows only spaces; use 2 spaces per level.",
    "phase_is_empty": 'Phase build is empty. Is the line below it ("commands:") indented by 2 more spaces?',
    "misspelt_phase": '"postbuild" is not allowed in phases. Did you mean "post_build"?',
    "phase_with_dash": '"pre-build" is not allowed in phases. Did you mean "pre_build"?',
    "misspelt_top": '"artifact" is not allowed in the file, so CodeBuild ignores it. Did you mean "artifacts"?',
    "no_version": "The first line must be: version: 0.2",
    "wrong_version": "version must be 0.2 (found 1.0). It is the version of the file format, not of your program.",
    "unknown_runtime": 'There is no runtime "node". Did you mean "nodejs"?',
    "artifacts_without_files": "artifacts needs files (a list), or secondary-artifacts that have them.",
    "variable_under_env": '"SITE" is not allowed in env, so CodeBuild ignores it. Variables belong under env: '
    "variables:, indented by 2 more spaces.",
    "block_not_indented": 'Line 6 belongs to the block that line 5 begins with "|", and is not indented more. Indent '
    "it, and all that belongs to it, by 8 spaces at least.",
    "typed_in_not_indented": "Line 7 is typed into the command of line 6 (<<EOF) and is not indented, so the command "
    "ends before it. Indent lines 7 to 10 by 8 spaces; YAML takes them off again.",
    "typed_in_without_a_block": 'Write "- |" instead, and below it the command and lines 6 to 7, all indented by 8 '
    "spaces.",
    "a_second_document": "Line 6 begins a second document (---). A buildspec is one: delete the line, or put the other "
    "into a file of its own.",
    "report_without_a_group": "A name is missing in reports: “files” belongs below the name of one of them.",
    "build_without_buildspec": '"phases" is missing in the file, and the build "two" has no buildspec of its own.',
    "cut_at_a_number": "so “#1 done” is no part of this command. If it is meant to be, put the whole command in "
    "single quotes: - 'echo build #1 done'",
    "machine_in_env": '"compute-type" is not allowed in env, so CodeBuild ignores it. It belongs into the env of one '
    "build",
    "blank_behind_the_colon": "Line 1: a blank is missing behind the colon. Write version: 0.2",
    "dash_out_of_line": "Line 6 is indented by 5 spaces, and nothing above that it could belong to begins there.",
    "colon_in_the_second_line": 'Line 6 goes on with the command of line 5, which YAML reads as "key: value"',
    "second_line_not_indented": "If it belongs to the line above, indent it more than that one.",
    "colon_missing": 'Is the colon behind "commands" missing, or the blank behind it?',
    "dash_indented_more": "Line 6 begins with a dash, but YAML reads it as a part of the command of line 5",
    "small_on_failure": '"abort" is not allowed for on-failure. Did you mean ABORT?',
}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_common_mistake_has_its_sentence(name: str) -> None:
    (path,) = HERE.glob(f"*/{name}.yml")
    assert any(SENTENCES[name] in each.message for each in lint(path.read_text()))


def test_the_fix_of_a_command_is_a_command() -> None:
    """What is offered, put in the command's place, is the command that was meant."""
    text = 'version: 0.2\nphases:\n  build:\n    commands:\n      - echo "it\'s done: all"\n'
    (found,) = lint(text)
    lines = text.split("\n")
    at = found.at
    lines[at.line - 1] = lines[at.line - 1][: at.column - 1] + found.fix
    assert found.fix == "'echo \"it''s done: all\"'"
    assert lint("\n".join(lines)) == []


def test_an_image_knows_its_runtimes() -> None:
    text = "version: 0.2\nphases:\n  install:\n    runtime-versions: {nodejs: 16}\n    commands: [apt-get update]\n"
    found = [each.message for each in lint(text, "aws/codebuild/amazonlinux-x86_64-standard:6.0")]
    assert found == [
        "The build image has no nodejs 16. It has: 22, 24, 26.",
        "Line 5 uses apt-get. This image uses dnf.",
    ]
    for image, runtimes in IMAGES.items():
        for runtime in runtimes:
            for version in versions(runtime, image):
                good = f"version: 0.2\nphases:\n  install:\n    runtime-versions:\n      {runtime}: {version}\n"
                assert lint(good, image) == []


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([*BROKEN, *SOUND]), st.integers(0, 400), st.text(" \t\n:-'\"[]{}#&*!|>%@`ab0", max_size=4))
def test_whatever_is_typed_is_answered_with_places_in_the_file(path: Path, at: int, typed: str) -> None:
    text = path.read_text()
    text = text[:at] + typed + text[at:]
    lines = text.split("\n")
    for each in lint(text):
        assert each.rule in RULES
        assert 1 <= each.at.line <= len(lines)
        assert (each.at.line, each.at.column) < (each.at.end_line, each.at.end_column)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 3000,
        "a: &a [x, x]\n"
        + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
        "&a\nversion: 0.2\nphases: *a\nenv: *a\n",
        "&a\nversion: 0.2\n<<: *a\n",
    ],
    ids=["deep", "laughs", "circle", "merges itself"],
)
@pytest.mark.some("circle", "laughs", "merges itself")
def test_a_nasty_file_is_answered(text: str) -> None:
    assert lint(text)


@pytest.mark.parametrize("path", [BROKEN[0], SOUND[0]], ids=["broken", "sound"])
def test_the_exit_code_is_the_answer(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, str(path), "--output", "json")
    document: dict[str, Any] = json.loads(out)
    assert code == document["code"] == int(path in BROKEN)
    assert [
        (each["rule"], each["line"], each["column"]) for each in document["mistakes"] if each["severity"] == "error"
    ] == ([expected(path)] if path in BROKEN else [])


def test_people_see_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, str(HERE / "broken" / "wrong_version.yml"))
    lines = out.splitlines()
    assert code == 1
    assert "wrong_version.yml:1:10 B07 error version must be 0.2" in lines[0]
    assert lines[1].index("1.0") == lines[2].index("^")
    assert lines[-1].endswith("wrong_version.yml: 1 error, 0 warnings.")


def test_sarif(capsys: pytest.CaptureFixture[str]) -> None:
    """What SARIF 2.1.0 requires of a log and of each place in it, and code hosts of each rule beyond that.

    The logs of all samples pass the rules Sarif and Ghas of Sarif.Multitool 5.7.0 but for SARIF2005: there is no page
    about this tool that `informationUri` could name.
    """
    for path in [*BROKEN, *WARNED]:
        code, out, _ = run(capsys, str(path), "--output", "sarif")
        log = json.loads(out)
        assert (code, log["version"]) == (int(path in BROKEN), "2.1.0")
        (made,) = log["runs"]
        driver = made["tool"]["driver"]
        assert driver["name"] == "handrail"
        (guide,) = made["tool"]["extensions"]
        assert (guide["name"], guide["version"]) == CHECKED_AGAINST
        for rule in driver["rules"]:
            assert all(rule[part]["text"] for part in ("shortDescription", "fullDescription", "help"))
            assert rule["helpUri"].startswith("https://docs.aws.amazon.com/")
        assert not any(base.get("uri") for base in made["originalUriBaseIds"].values())
        lines = path.read_text().split("\n")
        for result in made["results"]:
            assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
            assert result["level"] in ("error", "warning", "note")
            (where,) = result["locations"]
            region = where["physicalLocation"]["region"]
            file = where["physicalLocation"]["artifactLocation"]
            assert file["uriBaseId"] in made["originalUriBaseIds"]
            assert file["uri"] == f"tests/buildspec/{path.parent.name}/{path.name}"
            assert 1 <= region["startLine"] <= region["endLine"] <= len(lines)
            assert (region["startLine"], region["startColumn"]) < (region["endLine"], region["endColumn"])
            for fix in result.get("fixes", ()):
                (change,) = fix["artifactChanges"]
                assert change["replacements"][0]["deletedRegion"] == region


@pytest.mark.parametrize("path", [*BROKEN, *WARNED], ids=lambda path: path.stem)
def test_a_fix_is_one(path: Path) -> None:
    """What is offered, put in its place, ends that mistake and makes no other."""
    text = path.read_text()
    for each in lint(text):
        if not each.fix:
            continue
        lines, at = text.split("\n"), each.at
        assert at.line == at.end_line
        before, after = lines[at.line - 1][: at.column - 1], lines[at.line - 1][at.end_column - 1 :]
        lines[at.line - 1] = before + each.fix + after
        left = {(one.rule, one.at.line) for one in lint("\n".join(lines))}
        assert (each.rule, at.line) not in left
        assert left <= {(one.rule, one.at.line) for one in lint(text)}


def test_a_file_is_named_from_the_top_of_its_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "code" / ".git").mkdir(parents=True)
    (tmp_path / "code" / "ci files").mkdir()
    monkeypatch.chdir(tmp_path / "code" / "ci files")
    assert relative(Path("buildspec.yml")) == "ci files/buildspec.yml", "wherever in it one stands"
    monkeypatch.chdir(tmp_path)
    assert relative(tmp_path / "code" / "b.yml") == "b.yml"
    assert relative(tmp_path / "plain" / "b.yml") == "plain/b.yml", "in no repository: from the folder one stands in"
    monkeypatch.chdir(tmp_path / "code")
    assert relative(tmp_path / "plain" / "b.yml") == "b.yml", "never out of it"


def test_a_secret_is_never_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    for path, secret in ((HERE / "broken" / "access_key.yml", KEY), (HERE / "sound" / "secret.yml", "hunter2")):
        for form in ("text", "json", "sarif"):
            _, out, err = run(capsys, str(path), "--output", form)
            assert "B11" in out
            assert secret not in out + err


@pytest.mark.parametrize(
    "line",
    [
        f"- export AWS_ACCESS_KEY_ID={KEY}: x",
        f"- echo {KEY} #1",
        "- export DB_PASSWORD=hunter2 #1",
        "- mysql --password=hunter2: x",
        "DB_PASSWORD: 0123456",
    ],
)
def test_another_mistake_in_its_line_does_not_repeat_it_either(line: str) -> None:
    text = f"version: 0.2\nenv:\n  variables:\n    {line}\nphases:\n  build:\n    commands:\n      - make\n"
    if line.startswith("-"):
        text = f"version: 0.2\nphases:\n  build:\n    commands:\n      - make\n      {line}\n"
    found = lint(text)
    assert found
    for each in found:
        assert each.quiet
        assert not any(secret in each.message + each.fix for secret in (KEY, "hunter2", "0123456"))


def test_piped_in(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SOUND[0].read_bytes())))
    assert run(capsys, "-")[0] == 0


def test_what_cannot_be_read_has_its_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sound = (HERE / "sound" / "fanout.yml").read_bytes()
    (tmp_path / "buildspec.yaml").write_bytes(sound)
    (tmp_path / "latin.yml").write_bytes(b"version: 0.2\n# caf\xe9\n")
    (tmp_path / "empty.yml").write_bytes(b"")
    (tmp_path / "huge.yml").write_bytes(b"#" * 300_000)
    (tmp_path / "bell.yml").write_bytes(b"version: 0.2\nphases: \x07\n")
    for name, code, sentence in (
        ("buildspec.yml", 2, f"Did you mean {tmp_path / 'buildspec.yaml'}?"),
        ("nothing.txt", 2, "There is no file"),
        (".", 2, "is a folder."),
        ("huge.yml", 2, "is larger than 256 KB"),
        ("latin.yml", 1, "Line 2 is not UTF-8 text."),
        ("empty.yml", 1, "The file is empty. Its first line must be: version: 0.2"),
        ("bell.yml", 1, "Line 2 holds the character U+0007"),
        ("buildspec.yaml", 0, "This one is named buildspec.yaml; rename it"),
    ):
        ended, out, err = run(capsys, str(tmp_path / name))
        assert (ended, sentence in out + err) == (code, True), out + err
    assert run(capsys, "x.yml", "--set", "image=aws/codebuild/standard:9.0")[0] == 2


def test_a_task_says_its_outputs_before_it_is_imported() -> None:
    assert {name: find(name).outputs for name in TASKS if find(name).outputs} == OUTPUTS
    assert {name: ", ".join(find(name).asks.words) for name in TASKS} == WORDS


def test_it_loads_no_library_of_aws_or_of_screens() -> None:
    program = (
        "import sys\nfrom tui.cli.main import main\n"
        f"try: main(['task', 'lint-buildspec', {str(SOUND[0])!r}])\nexcept SystemExit: pass\n"
        "assert not {'botocore', 'boto3', 'moto', 'textual', 'questionary'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, cwd=HERE.parents[1])
