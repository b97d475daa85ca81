"""Each check and task from home to the end: in the full screen at 80×24, by lines and in batch the same is found."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from person import NARROW, Person, made
from support.clock import FakeClock
from support.sessions import agreed

import flows
from flows.engine import Asking, Choice, Cloud, Journal, Place, Session, Yes
from flows.engine.boto import Aws
from flows.engine.references import fill
from flows.tasks import TASKS
from tui.cli.main import main
from tui.lines import home, looking_after, prompts, sign_in
from tui.lines.reading import Quit
from tui.screen.screens.findings import Findings
from tui.screen.screens.small_task import SmallTask

PRACTICE = Place(practice=True)
Capture = pytest.CaptureFixture[str]


def there(flow: str, cloud: Aws, journal: Journal, clock: FakeClock) -> dict[str, str]:
    """Something that can be checked: what the company has, or what a run of the set-up has just made."""
    if flow == "alb":
        return {"load_balancer": "office"}
    cases = import_module(f"{flow}.cases")
    session = agreed(
        Session(flows.find(flow), cloud, journal, place=PRACTICE, clock=clock), next(iter(cases.VARIANTS.values()))
    )
    assert session.run is not None
    while session.run.record.status in ("draft", "failed"):
        list(session.apply())
    assert session.run.plan is not None
    told = {name: str(fill(value, session.run.resolve)) for name, value in session.run.plan.outputs.items()}
    session.close()
    subject: dict[str, str] = cases.subject(told)
    return subject


DRAWN = {
    "vpn": "office device customer tunnel1 tunnel2 gateway vpc tables groups",
    "vpn_options": "device tunnel1 tunnel2 connection log",
    "website": "visitors cdn lock bucket",
    "alb": "visitors balancer servers listener answer https proof",
    "aurora": "clients door server cluster vpc",
    "share_ami": "image account",
    "share_snapshot": "snapshot account",
    "wordpress": "visitors door machine role site subnet",
    "spa_pipeline": "code pipeline build store site visitors",
    "s3_lambda": "file bucket note function role",
    "s3_pipeline": "file bucket rule role pipeline",
    "database_hours": "clock queue role database",
    "peering": "tables groups vpc between peer tables2 groups2",
}
"""What the picture of each check shows: what it looked at, and nothing that does not exist."""


def timeless(text: object) -> str:
    """Without the numbers, of which some say how long ago something was."""
    return re.sub(r"\d+", "0", str(text))


def batch(capsys: Capture, *words: str) -> Any:
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main([*words, "--practice", "--output", "json"])
    return json.loads(capsys.readouterr().out)


def by_lines(monkeypatch: pytest.MonkeyPatch, capsys: Capture, title: str, said: Callable[[str], str]) -> str:
    """From home by the title, each question answered by what is `said` to its prompt, and Enter for all else."""
    replies = iter([title])

    def ask(prompt: str, start: str) -> str:
        if (first := next(replies, None)) is not None:
            return first
        if prompt.startswith(("again, other", "Number, part of a line")):
            raise Quit
        return said(prompt) or start

    for module in (looking_after, home, prompts):
        monkeypatch.setattr(module, "reader", lambda: ask)
    capsys.readouterr()
    home.home(PRACTICE)
    return capsys.readouterr().out


async def by_keys(person: Person, given: Mapping[str, str]) -> None:
    """From home by the entry that is chosen there; what is not `given` is as it is offered."""
    await person.press("enter")
    while not isinstance(person.app.screen, Findings | SmallTask):
        asked = person.app.workspace.asked
        assert asked is not None and not isinstance(asked, Session)
        asking = asked.asking()
        assert isinstance(asking, Asking), person.screen
        value = given.get(asking.question.id)
        if value is not None and isinstance(asking.question, Choice):
            assert asking.offer is not None
            keys = [option.key for option in asking.offer.options]
            await person.press("home", *["down"] * keys.index(value))
        elif value is not None and not isinstance(asking.question, Yes):
            await person.press("ctrl+u")
            await person.types(value)
        await person.press("enter")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, cloud: Aws) -> Aws:
    """The account, in every face."""
    monkeypatch.setattr("tui.cli.sessions.account", lambda place: cloud)
    monkeypatch.setattr(sign_in, "sign_in", lambda place, ask=None: cloud)
    return cloud


@pytest.mark.parametrize("flow", flows.CHECKS)
@pytest.mark.wild
async def test_a_check_finds_the_same(
    opened: Aws, journal: Journal, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, capsys: Capture, flow: str
) -> None:
    subject = there(flow, opened, journal, clock)
    told = batch(
        capsys, "check", flow, *(word for key, value in subject.items() for word in ("--set", f"{key}={value}"))
    )
    found = {(each["id"], each["grade"], timeless(each["sentence"])) for each in told["findings"]}
    assert found

    left = iter(subject.values())
    shown = timeless(by_lines(monkeypatch, capsys, flows.CHECKS[flow][0], lambda prompt: next(left, "")))
    assert all(f"[{grade}] {sentence}" in shown for _, grade, sentence in found)

    app = made(opened)
    app.chosen = f"check:{flow}"
    async with app.run_test(size=NARROW) as pilot:
        person = Person(app, pilot)
        await person.settle()
        person.sees(f"> {flows.CHECKS[flow][0][:60]}")
        await by_keys(person, subject)
        page = person.app.screen
        assert isinstance(page, Findings) and page.told is not None
        assert {(each.id, str(each.grade), timeless(each.sentence)) for each in page.told.findings} == found
        assert (str(page.told.status), page.told.cause) == (told["status"], told["cause"])
        assert page.drawing is not None
        boxes = page.drawing.boxes()
        assert " ".join(boxes) == DRAWN[flow]
        unseen = {"clients"} if flow == "aurora" else set()  # those are outside, and said to be
        assert {id_ for id_, box in boxes.items() if box.standing == "not looked at"} == unseen
        text = timeless("\n".join(page.texts()))
        assert all(sentence in text for _, _, sentence in found)
        person.goes_without_clipping()
    app.workspace.close()


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.wild
async def test_a_task_ends_the_same(
    opened: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path, task: str
) -> None:
    file = tmp_path / "buildspec.yml"
    file.write_text("version: 0.2\nphases:\n  build:\n    comands: [npm ci]\n")
    given = {"lint-buildspec": {"file": str(file)}, "database-awake": {"cluster": "reports", "do": "look"}}[task]
    told = batch(capsys, "task", task, *(word for key, value in given.items() for word in ("--set", f"{key}={value}")))
    said = [*told["sentence"].splitlines(), *(each["sentence"] for each in told["findings"])]
    sentences = [timeless(each) for each in said]
    assert sentences

    left = iter(given.values())
    shown = timeless(by_lines(monkeypatch, capsys, TASKS[task], lambda prompt: next(left, "")))
    assert all(sentence in shown for sentence in sentences)

    app = made(opened)
    app.chosen = f"task:{task}"
    async with app.run_test(size=NARROW) as pilot:
        person = Person(app, pilot)
        await person.settle()
        await by_keys(person, given)
        await person.settle()
        page = person.app.screen
        assert isinstance(page, SmallTask)
        text = timeless("\n".join(page.texts()))
        assert all(sentence in text for sentence in sentences)
    app.workspace.close()
