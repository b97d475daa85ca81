"""The plan as a file, from the full screen: the same files as on the command line, and nothing is overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest
from alb.cases import HTTPS, MAINTENANCE
from person import NARROW, WIDE, Person, somebody
from wordpress.cases import NEW

from flows.engine import Cloud
from tui import exports
from tui.screen.workspace import Start

ALB = Start(flow="alb", answers=HTTPS)
WORDPRESS = Start(flow="wordpress", answers=NEW)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


async def shown(person: Person, form: exports.Form) -> None:
    """From the review to what would be written."""
    await person.press("e")
    await person.press("slash")
    await person.types(form.title)
    await person.press("enter")


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x40"])
@pytest.mark.wild
async def test_every_form_is_offered_shown_and_written(cloud: Cloud, folder: Path, size: tuple[int, int]) -> None:
    async with somebody(cloud, WORDPRESS, size=size) as person:
        await person.until("What will be done")
        session = person.app.workspace.session
        assert session is not None
        forms = exports.offered(session.flow)
        assert [*forms] == [*exports.FORMS, "reads", exports.SCRIPT]
        for form in forms.values():
            await person.press("e")
            person.sees(form.title, form.about)
            person.goes_without_clipping()
            await person.press(*["down"] * list(forms.values()).index(form), "enter")
            document = form.make(session)
            await person.reads_on_to(document.text.splitlines()[0])
            await person.press("w")
            person.sees("Which file?", f"wordpress{form.ending}")
            await person.press("enter")
            person.sees("Written to ")
            path = folder / f"wordpress{form.ending}"
            assert path.read_text(encoding="utf-8") == document.text
            assert bool(path.stat().st_mode & 0o100) is (document.mode == exports.RUNS)
            await person.press("escape", "escape")
            person.sees("What will be done")


@pytest.mark.wild
async def test_what_a_template_lacks_is_said_above_it(cloud: Cloud) -> None:
    async with somebody(cloud, ALB, size=WIDE) as person:
        await person.until("What will be done")
        await shown(person, exports.FORMS["cloudformation"])
        person.sees("These steps are NOT in the template", "On port 80, redirect (301) to")
        assert "\n  Parameters:\n    " in person.screen, "indents are kept"


@pytest.mark.wild
async def test_where_there_is_no_template_a_sentence_says_why(cloud: Cloud) -> None:
    async with somebody(cloud, Start(flow="alb", answers=MAINTENANCE)) as person:
        await person.until("What will be done")
        await shown(person, exports.FORMS["cloudformation"])
        person.sees("Export", "can be a CloudFormation template", "The formats cli and runbook have all.")


@pytest.mark.wild
async def test_a_file_that_exists_is_left_alone(cloud: Cloud, folder: Path) -> None:
    (folder / "mine.sh").write_text("mine")
    async with somebody(cloud, ALB) as person:
        await person.until("What will be done")
        await person.press("c", "w", "ctrl+u")
        await person.types("mine.sh")
        await person.press("enter")
        person.sees("mine.sh exists already, and was left as it is.", "Give another name.")
        await person.press("escape")
        person.sees("aws commands")
    assert (folder / "mine.sh").read_text() == "mine"
    assert [path.name for path in folder.iterdir()] == ["mine.sh"]


@pytest.mark.wild
async def test_the_name_that_is_offered_is_free(cloud: Cloud, folder: Path) -> None:
    (folder / "alb.sh").symlink_to("nowhere")
    async with somebody(cloud, ALB) as person:
        await person.until("What will be done")
        await person.press("c", "w", "enter", "w", "enter")
    assert sorted(path.name for path in folder.iterdir()) == ["alb-2.sh", "alb-3.sh", "alb.sh"]
    assert not Path("nowhere").exists()


@pytest.mark.parametrize("key", ["c", "w"])
@pytest.mark.wild
async def test_a_folder_that_cannot_be_written_is_a_sentence(cloud: Cloud, folder: Path, key: str) -> None:
    (folder / "file").touch()
    async with somebody(cloud, ALB) as person:
        await person.until("What will be done")
        await person.press(key)
        if key == "c":
            await person.press("w")
        await person.press("ctrl+u")
        await person.types("file/x")
        await person.press("enter")
        person.sees("file/x cannot be written.", "Give a name in another folder.")
