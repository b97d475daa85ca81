"""What the documents say is what the program does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import cast

import click
import pytest
import yaml
from docs.menu import MENU, menu
from docs.write import DOCS, ROOT, Made, every_command, given_as_cautions, needing_a_yes, page, part, parts, permissions

import flows
from flows.engine import Finding, Flow, Grade, Session, consents
from flows.engine.cloud import Offline
from flows.engine.verdict import verdict
from flows.tasks import find as task
from tui.cli.examples import EXAMPLES, codes
from tui.cli.exit_codes import EXIT_CODES
from tui.cli.json_output import checked
from tui.cli.main import cli, help_text
from tui.cli.man_page import man_page

README = ROOT / "README.md"
PAGES = {
    str(path.relative_to(ROOT)): path.read_text()
    for path in (README, ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted(DOCS.rglob("*.md")))
}
every_page = pytest.mark.parametrize("name", PAGES)
every_set_up = pytest.mark.parametrize("flow", flows.every(), ids=lambda flow: flow.id)
TOLD = ("What it costs", "Check it", "Undo it", "What it never touches", "Keys", "Permissions")
"""What somebody looks for on the page of a set-up."""


def blocks(text: str) -> list[str]:
    """What stands in a page to be typed."""
    return re.findall(r"^```\n(.*?)^```", text, re.M | re.S)


def prose(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


COMMANDS = sorted(
    {
        line.partition(" #")[0].partition(" > ")[0].strip()
        for text in (*("\n".join(blocks(page)) for page in PAGES.values()), *map("\n".join, EXAMPLES.values()))
        for line in text.splitlines()
        if line.startswith("handrail")
    }
)


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_in_the_documents_is_understood(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "event.json").touch()
    command: click.Command = cli
    words, above = shlex.split(line)[1:], None
    while isinstance(command, click.Group):
        above = command.make_context("handrail", words, parent=above)
        words = [*above._protected_args, *above.args]
        if not words:
            return
        _, found, words = command.resolve_command(above, words)
        assert found is not None
        command = found
    command.make_context(command.name, words, parent=above)


def test_every_target_of_make_in_the_documents_exists() -> None:
    known = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)
    named = {word for text in PAGES.values() for word in re.findall(r"(?:^|`)make ([a-z-]+)", text, re.M)}
    assert named - set(known) == set()


@pytest.mark.parametrize(
    ("name", "text"),
    [(n, text) for n, t in PAGES.items() for text in re.findall(r"^```yaml\n(.*?)^```", t, re.M | re.S)],
)
def test_an_answers_file_of_the_documents_is_complete(name: str, text: str) -> None:
    said = yaml.safe_load(text)
    of_this_page = Path(name).stem if Path(name).stem in flows.SET_UPS else "vpn"
    Session(flows.find(of_this_page), Offline()).require(said)


def test_the_readme_is_read_in_a_minute() -> None:
    assert len(PAGES["README.md"].splitlines()) <= 150


@every_page
def test_every_link_leads_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", prose(PAGES[name]))
    assert [link for link in links if not link.startswith("https://") and not leads_somewhere(link, ROOT / name)] == []


def leads_somewhere(link: str, page: Path) -> bool:
    path, _, anchor = link.partition("#")
    there = (page.parent / path).resolve() if path else page
    if not there.exists():
        return False
    return not anchor or anchor in anchors(there.read_text())


def anchors(text: str) -> set[str]:
    """As code hosts make them of headings."""
    headings = re.findall(r"^#+ (.*)$", prose(text), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_linked_from_the_others() -> None:
    linked = {
        (ROOT / name).parent.joinpath(link.partition("#")[0]).resolve()
        for name, text in PAGES.items()
        for link in re.findall(r"\]\(([^)\s]+\.md[^)\s]*)\)", text)
    }
    assert [name for name in PAGES if name != "README.md" and (ROOT / name).resolve() not in linked] == []


@every_set_up
def test_the_page_of_a_set_up_says_what_people_look_for(flow: type[Flow]) -> None:
    text = PAGES[f"docs/{page(flow.id)}"]
    assert text.startswith(f"# {flow.title}\n")
    assert re.search(r"^!\[", text, re.M), "it has no picture"
    assert [heading for heading in TOLD if f"\n## {heading}\n" not in text] == []


@pytest.mark.parametrize(("name", "made"), parts().items(), ids=parts())
def test_what_the_program_knows_stands_in_the_pages_as_it_is(name: str, made: Made) -> None:
    text = PAGES[f"docs/{name}"]
    assert {key: part(text, key) for key in made} == made, "run: make texts"


def test_the_document_of_a_check_is_written_as_it_is() -> None:
    written = re.search(r"^`check`:\s+`(\{.*?\})`", PAGES["docs/automating.md"], re.M | re.S)
    document = checked(verdict([Finding("state", Grade.PROVED, "It is there.")]))
    keys = {"flow", "subject", "run", *document, *document["findings"][0]}
    assert written and set(re.findall(r'"(\w+)"', written[1])) == keys


@pytest.mark.wild  # it reviews every variant of every set-up
def test_the_permissions_in_the_pages_are_those_that_the_plans_need() -> None:
    for name, made in permissions().items():
        assert part(PAGES[f"docs/{name}"], "permissions") == made["permissions"], "run: make texts"


@every_set_up
def test_a_set_up_says_what_it_needs_a_conscious_yes_for(flow: type[Flow]) -> None:
    """In `consents.py`, each by the question that it is about; so `questions` and its page list it."""
    said = [id_ for ids in flow.consents.values() for id_ in ids]
    assert sorted(said) == sorted(given_as_cautions(flow))
    assert set(flow.consents) <= {"", *(question.id for question in flow.questions)}


def test_the_engine_says_what_it_needs_a_conscious_yes_for() -> None:
    known = {**consents.ANYWHERE, **consents.PUTTING_BACK, **consents.REPAIRING}
    given = {
        id_
        for room in (ROOT / "flows" / "engine").glob("*.py")
        if room.name != "questions.py"
        for id_ in needing_a_yes(room)
    }
    assert given | {"managed"} == set(known), "`keepers.agreed` asks for that one"


def test_a_service_asks_for_no_conscious_yes() -> None:
    """So the page of a set-up, which lists those of its own folder, lists them all."""
    assert [id_ for room in (ROOT / "flows" / "aws").rglob("*.py") for id_ in needing_a_yes(room)] == []


def test_the_quick_help_is_the_command_lines_own() -> None:
    assert (ROOT / "tui" / "help.txt").read_text() == help_text(), "run: make texts"


@pytest.mark.parametrize("path", ["", "task", *(" ".join(words) for words, _ in every_command())])
def test_help_has_examples_and_exit_codes(path: str) -> None:
    command, above = cast(click.Command, cli), click.Context(cli, info_name="handrail")
    for word in path.split():
        command = cast(click.Group, command).commands[word]
        above = click.Context(command, info_name=word, parent=above)
    told = command.get_help(above)
    assert all(f"  {line}\n" in told for line in EXAMPLES[path]), "every line as it is typed"
    assert all(line.startswith(f"handrail {path}".strip()) for line in EXAMPLES[path] if path != "completion")
    known = codes(path) if not path.startswith("task ") else task(path.removeprefix("task ")).codes
    section = told.partition("Exit codes:\n")[2]
    assert re.findall(r"^  (\d+) ", section, re.M) == [str(code) for code in known]


def test_the_manual_has_every_command_option_and_exit_code() -> None:
    manual = man_page(cli).replace("\\-", "-")
    sections = dict(re.findall(r'^\.SS "(.*?)"\n(.*?)(?=^\.S[SH])', manual, re.M | re.S))
    for words, command in every_command():
        lines = sections[" ".join(words)]
        options = {option for each in command.params for option in each.opts if option.startswith("--")}
        everywhere = {option for each in cli.params for option in each.opts}
        assert [option for option in options - everywhere if option not in lines] == []
    assert [option for each in cli.params for option in each.opts if option not in manual] == []
    assert [code for code in EXIT_CODES if f".B {code}\n" not in manual] == []


def test_the_menu_is_what_the_set_ups_call_themselves() -> None:
    assert MENU.read_text() == menu(), "run: make texts"


def test_a_folder_that_the_menu_does_not_know_stands_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """And one that is gone is left out; the others keep their order."""
    first, *rest = flows.SET_UPS.items()
    monkeypatch.setattr(flows, "SET_UPS", {"gone": ("Gone", ""), **dict(rest)})
    listed = re.findall(r'^    "(.*)": \($', menu(), re.M)
    assert listed == [*dict(rest), first[0]] * 2, "set-ups, and their checks"


@every_set_up
def test_a_newcomer_is_asked_at_most_eight_questions(flow: type[Flow]) -> None:
    assert max(sum(not question.fine_tuning for question in route) for route in flow.routes()) <= 8


@every_set_up
def test_every_question_says_why(flow: type[Flow]) -> None:
    assert [question.id for question in flow.questions if not question.why] == []
