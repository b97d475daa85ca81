"""What goes otherwise than hoped: refusals, cautions, failures, hostile names, lists that cannot be read."""

from __future__ import annotations

import asyncio
import threading

import pytest
from person import NAMES, NARROW, PRACTICE, WIDE, Canned, Person, made, somebody
from small import Lists, Looked, Small
from textual.events import Key

from flows.engine import Call, CloudError, Denied, Journal, NoAccess, Place
from tui.screen.app import HandrailApp
from tui.screen.screens.question import Question
from tui.screen.widgets.fields import TextField
from tui.screen.workspace import Start, Workspace

SMALL = Start(flow="small")
REFUSED = CloudError("AWS refused ec2.CreateTags (Boom).", "It went boom.", "Try later.")


async def small_review(person: Person, name: str = "calm") -> None:
    await person.types(name)
    await person.press("enter")


# -- cautions ----------------------------------------------------------------------------------------------------


async def test_a_caution_is_accepted_with_one_key() -> None:
    async with somebody(Canned(), SMALL, flow=Small) as person:
        await small_review(person, "risky")
        person.sees("caution", "This name is known to cause trouble.", "y goes on like this", "s takes calm instead")
        person.does_not_see("is no yes")
        await person.press("enter")
        person.sees(
            "Question 1 of 1", "Enter is no yes to what follows; y is, and Esc changes the answer", "y goes on like"
        )
        await person.press("escape", "enter")
        person.does_not_see("is no yes")
        await person.press("enter", "y")
        person.sees("What will be done", "Make risky", "You said yes")
        await person.press("tab", "tab", "enter")
        person.sees("Question 1 of 1", "y goes on like this")


async def test_a_caution_is_avoided_with_one_key() -> None:
    async with somebody(Canned(), SMALL, flow=Small) as person:
        await small_review(person, "risky")
        await person.press("s")
        person.sees("What will be done", "Make calm")


@pytest.mark.wild
async def test_escape_goes_from_a_caution_to_the_field() -> None:
    async with somebody(Canned(), SMALL, flow=Small) as person:
        await small_review(person, "risky")
        await person.press("escape")
        person.does_not_see("caution")
        await person.types("er")
        await person.press("enter")
        person.sees("Make riskyer")


@pytest.mark.wild
async def test_a_refusing_check_blocks_applying() -> None:
    account = Canned()
    async with somebody(account, SMALL, flow=Small) as person:
        await small_review(person)
        await person.press("shift+tab", "enter")
        person.sees("Should it be big?")
        await person.press("up", "enter")
        person.sees("This cannot be created yet", "refused", "It does not fit.", "Make it small.")
        await person.press("a")
        person.sees("Not like this: It does not fit.", "What will be done")


async def test_production_is_typed_by_name() -> None:
    account = Canned(alias="acme-prod")
    async with somebody(account, SMALL, flow=Small, place=Place()) as person:
        await small_review(person)
        await person.press("a")
        person.sees("This account looks like production", "acme-prod")
        await person.types("acme")
        await person.press("enter")
        person.sees("“acme” is not its name. Nothing was created.")
        await person.types("-prod")
        await person.press("enter")
        person.sees("Everything is created.")


async def test_read_only_cannot_be_applied() -> None:
    async with somebody(Canned(), SMALL, flow=Small, place=Place(read_only=True)) as person:
        assert "READ-ONLY" in person.screen.splitlines()[0]
        await small_review(person)
        await person.press("a")
        person.sees("Nothing can be created: this is read-only.")


# -- failures ----------------------------------------------------------------------------------------------------


async def failed(person: Person) -> None:
    await small_review(person)
    await person.press("a")
    person.sees("stopped half-way", "FAILED", "Then the rest", "AWS refused ec2.CreateTags (Boom).", "Try later.")
    person.sees("Try again", "Undo all", "Keep and decide later")


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x40"])
@pytest.mark.wild
async def test_after_a_failure_one_can_try_again(size: tuple[int, int]) -> None:
    account = Canned({"ec2.CreateTags": REFUSED})
    async with somebody(account, SMALL, flow=Small, size=size) as person:
        await failed(person)
        person.goes_without_clipping()
        account.answers["ec2.CreateTags"] = {}
        await person.press("enter")
        person.sees("Everything is created.", "thing-1")
        assert person.app.code == 0


@pytest.mark.wild
async def test_after_a_failure_one_can_undo(journal: Journal) -> None:
    async with somebody(Canned({"ec2.CreateTags": REFUSED}), SMALL, flow=Small) as person:
        await failed(person)
        await person.press("down", "enter")
        person.sees("This will be taken back", "The thing")
        await person.press("down", "enter")
        person.sees("Everything is as it was before.", "- removed The thing")
        assert journal.records()[0].status == "undone"


@pytest.mark.wild
async def test_after_a_failure_one_can_keep_it(journal: Journal) -> None:
    async with somebody(Canned({"ec2.CreateTags": REFUSED}), SMALL, flow=Small) as person:
        await failed(person)
        await person.press("down", "down", "enter")
        said = "\n".join(person.app.farewell())
        assert person.app.code == 1
        assert "handrail resume small-" in said and "handrail undo small-" in said


@pytest.mark.wild
async def test_a_failed_run_is_taken_up_from_home() -> None:
    account = Canned({"ec2.CreateTags": REFUSED})
    async with somebody(account, SMALL, flow=Small) as person:
        await failed(person)
        run = person.app.workspace.session.run.id  # type: ignore[union-attr]
    account.answers.clear()
    async with somebody(account, Start(run=run), flow=Small) as person:
        person.sees("stopped half-way", "Go on", "Still so?")
        await person.press("l")
        person.sees("not carried out. Go on with: handrail resume")
        await person.press("escape")
        person.sees("stopped half-way", "Go on")
        await person.press("enter")
        person.sees("Everything is created.")


async def test_back_from_a_set_up_the_cursor_is_where_it_was() -> None:
    async with somebody(Canned(), flow=Small) as person:
        await person.press("down", "down", "enter")
        person.sees("Question 1 of")
        await person.press("escape")
        person.sees("> Redirect or answer at a load balancer")


class Slow:
    """An account that answers once it is told to, and what was sent to it."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.sent, self.go_on = threading.Event(), threading.Event()
        self.account = Canned({"ec2.CreateVpc": self.answer, "ec2.CreateTags": self.answer})

    def answer(self, call: Call) -> dict[str, str]:
        self.calls.append(call.operation)
        self.sent.set()
        self.go_on.wait(20)
        return {}


async def begun(person: Person, slow: Slow) -> None:
    """Until the first call is under way."""
    await small_review(person)
    await person.pilot.press("a")
    while not slow.sent.is_set():
        await person.pilot.pause(0.01)


@pytest.mark.wild
async def test_ctrl_c_stops_before_the_next_call_and_never_kills_one(journal: Journal) -> None:
    """The call under way is finished and written down however often Ctrl-C is pressed; the next is not sent."""
    slow = Slow()
    async with somebody(slow.account, SMALL, flow=Small) as person:
        await begun(person, slow)
        await person.pilot.press("ctrl+c")
        await person.until("Stopping after the current call")
        await person.pilot.press("ctrl+c")
        assert person.app.is_running
        slow.go_on.set()
        await person.settle()
        person.sees("stopped half-way", "Go on", "Undo all")
        assert slow.calls == ["ec2.CreateVpc"]
        assert person.app.code == 130
        run = journal.run(journal.records()[0].id)
        assert run.status("make") == "ready"
        await person.press("ctrl+c")
        assert not person.app.is_running


async def test_a_lost_line_ends_the_program_and_what_is_under_way_is_written_down(journal: Journal) -> None:
    slow = Slow()
    async with somebody(slow.account, SMALL, flow=Small) as person:
        await begun(person, slow)
        person.app.lose()
        await person.pilot.pause()
        assert not person.app.is_running
        slow.go_on.set()
        await asyncio.get_running_loop().shutdown_default_executor()  # as the program does when it ends
    assert slow.calls == ["ec2.CreateVpc"]
    assert person.app.code == 130
    assert journal.run(journal.records()[0].id).status("make") == "ready"


# -- the account -------------------------------------------------------------------------------------------------


async def test_what_comes_back_while_leaving_is_not_shown() -> None:
    """The screen may be half gone by then."""
    go = threading.Event()

    def vpcs(call: Call) -> dict[str, object]:
        go.wait(20)
        return {"Vpcs": [{"VpcId": "vpc-1"}]}

    app = made(Canned({"ec2.DescribeVpcs": vpcs}), Start(flow="looked"), flow=Looked)
    async with app.run_test() as pilot:
        await pilot.pause()
        page = app.screen
        assert isinstance(page, Question) and page.busy
        app.leaving = True  # as it is from Ctrl-C until the screen is taken down
        go.set()
        await app.workers.wait_for_complete()
        assert not page.busy and page.asking is None


async def test_without_credentials_one_can_try_again_or_practise() -> None:
    places: list[Place] = []

    def opener(place: Place) -> Canned:
        places.append(place)
        if not place.practice:
            raise NoAccess("No AWS credentials were found.", "", "Sign in.")
        return Canned()

    async with somebody(opener, place=Place()) as person:
        assert "no account yet" in person.screen.splitlines()[0]
        person.app.workspace.flow = lambda _: Small  # type: ignore[method-assign]
        await person.press("enter")
        person.sees("No AWS credentials were found.", "Sign in.", "Try again", "Practise")
        await person.press("enter")
        person.sees("No AWS credentials were found.")
        await person.press("p")
        person.sees("Question 1 of 1", "PRACTICE")
        assert places[-1].practice


async def test_a_broken_journal_is_a_sentence(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "state" / "handrail").mkdir(parents=True)
    (tmp_path / "state" / "handrail" / "journal.db").write_text("this is no database" * 100)
    async with somebody(Canned()) as person:
        person.sees("The journal", "cannot be used", "Move that file away", "Try again")


async def test_a_run_that_another_process_drives_is_left_alone(journal: Journal) -> None:
    import json
    import os

    run = journal.begin("small", PRACTICE)
    owner = json.dumps({"pid": os.getpid(), "host": "elsewhere", "started": "1"}, sort_keys=True)
    journal.write("UPDATE runs SET owner = ? WHERE id = ?", (owner, run.id))
    async with somebody(Canned(), Start(run=run.id), flow=Small) as person:
        person.sees("is being driven by another Handrail", "Go on there")


async def test_a_mistake_of_ours_is_a_sentence_too() -> None:
    class Broken(Small):
        name, size = Small.name, Small.size

        def plan(self):  # type: ignore[no-untyped-def]
            raise KeyError("oops")

    async with somebody(Canned(), SMALL, flow=Broken) as person:
        await small_review(person)
        person.sees("Handrail itself made a mistake (KeyError).", "Try again")
        person.does_not_see("Traceback")


# -- lists -------------------------------------------------------------------------------------------------------


@pytest.mark.wild
async def test_ten_thousand_options_are_filtered_as_typed() -> None:
    async with somebody(Canned(), Start(flow="lists"), flow=Lists) as person:
        person.sees("thing number 0", "of 10000")
        await person.press("end")
        person.sees("thing number 9999")
        await person.types("9876")
        person.sees("/ 9876_", "thing number 9876", "1 of 10000")
        person.does_not_see("thing number 9999")
        await person.types("zzz")
        person.sees("Nothing contains “9876zzz”")
        await person.press("enter")
        person.sees("Which of ten thousand?")
        await person.press("backspace", "backspace", "backspace", "enter")
        person.sees("Which odd name?")


async def test_what_is_typed_in_one_go_filters_by_all_of_it() -> None:
    """A fast typist, or a slow line that brings several keys at once."""
    async with somebody(Canned()) as person:
        for letter in "/wordpress":
            person.app.post_message(Key(NAMES.get(letter, letter), letter))
        await person.settle()
        person.sees("/ wordpress_")
        await person.press("ctrl+u")
        person.sees("/ _", "Set up")
        await person.types("office")
        person.sees("/ office_")


async def test_enter_does_not_overtake_what_was_typed_before_it() -> None:
    async with somebody(Canned(), SMALL, flow=Small) as person:
        for key in (*"office", "enter"):
            person.app.post_message(Key(key, key if len(key) == 1 else "\r"))
        await person.settle()
        person.sees("What will be done", "Make office")


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("d", "backspace", "e"), "e"), (("a", "home", "b"), "ba"), (("a", "ctrl+u", "b"), "b"),
        (("a", "b", "left", "c"), "acb"),
    ],
)  # fmt: skip
async def test_letters_do_not_overtake_the_keys_before_them(keys: tuple[str, ...], value: str) -> None:
    async with somebody(Canned(), SMALL, flow=Small) as person:
        for key in keys:
            person.app.post_message(Key(key, key if len(key) == 1 else None))
        await person.settle()
        assert person.app.screen.query_one(TextField).value == value


async def test_enter_does_not_overtake_the_arrows_before_it() -> None:
    async with somebody(Canned(), Start(flow="lists"), flow=Lists) as person:
        await person.until("thing number 0")
        for key in ("down", "down", "up", "down", "enter"):
            person.app.post_message(Key(key, None))
        await person.settle()
        person.sees("Which odd name?")
        session = person.app.workspace.session
        assert session is not None
        assert session.answers()["many"] == "id-00002"


async def test_moving_repaints_two_lines() -> None:
    """Over a slow line every repainted cell counts."""
    from textual.geometry import Region

    from tui.screen.widgets.options import Options

    async with somebody(Canned(), Start(flow="lists"), flow=Lists) as person:
        await person.until("thing number 0")
        await person.settle()
        options = person.app.screen.query_one(Options)
        painted: list[tuple[Region, ...]] = []
        refresh = options.refresh

        def watched(*regions: Region, **rest: bool) -> Options:
            painted.append(regions)
            return refresh(*regions, **rest)

        options.refresh = watched  # type: ignore[method-assign]
        await person.press("down")
        assert [sum(region.height for region in regions) for regions in painted] == [2]


async def test_the_cursor_stays_on_its_option_when_the_list_is_read_again() -> None:
    account = Canned({"ec2.DescribeVpcs": {"Vpcs": [{"VpcId": "vpc-b"}, {"VpcId": "vpc-c"}]}})
    async with somebody(account, Start(flow="looked"), flow=Looked) as person:
        await person.press("down")
        assert "> vpc-c" in person.screen
        account.answers["ec2.DescribeVpcs"] = {"Vpcs": [{"VpcId": f"vpc-{x}"} for x in "abc"]}
        await person.press("ctrl+r")
        assert "> vpc-c" in person.screen
        person.sees("vpc-a", "read at")


async def test_hostile_names_are_shown_and_not_obeyed() -> None:
    async with somebody(Canned(), Start(flow="lists"), flow=Lists) as person:
        await person.press("enter")
        person.sees(r"[red]x[/ \x1b[2J\x1b]0;gone\x07")
        assert "\x1b" not in person.screen and "\u202e" not in person.screen
        await person.press("enter")
        person.sees("Which of these?")


@pytest.mark.wild
async def test_marks_are_toggled_and_all_at_once() -> None:
    async with somebody(Canned(), Start(flow="lists"), flow=Lists, place=Place()) as person:
        await person.press("enter", "enter", "space", "down", "space", "space")
        assert "  [x] First" in person.screen and "> [ ] Second" in person.screen
        await person.press("a")
        assert person.screen.count("[x]") == 3
        await person.press("a")
        assert "[x]" not in person.screen


async def test_an_empty_list_says_the_way_out() -> None:
    async with somebody(Canned(), Start(flow="looked"), flow=Looked) as person:
        person.sees("empty", "Create one first.", "Ctrl-R")


@pytest.mark.parametrize(
    ("problem", "word"),
    [
        (Denied("You are not allowed to ec2:DescribeVpcs.", permission="ec2:DescribeVpcs"), "denied"),
        (CloudError("AWS refused ec2.DescribeVpcs (Boom)."), "failed"),
    ],
)
@pytest.mark.some(1)
async def test_a_list_that_cannot_be_read_says_why_and_takes_an_id(problem: CloudError, word: str) -> None:
    account = Canned({"ec2.DescribeVpcs": problem})
    async with somebody(account, Start(flow="looked"), flow=Looked) as person:
        person.sees(word, problem.what, "If you know the id, type it.")
        await person.types("vpc-a")
        account.answers["ec2.DescribeVpcs"] = {"Vpcs": [{"VpcId": "vpc-a"}]}
        await person.press("enter")
        person.sees("What will be done")


# -- the terminal ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(60, 15), NARROW, WIDE, (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.some("80x24")
async def test_every_screen_survives_a_resize(size: tuple[int, int]) -> None:
    async with somebody(Canned(), SMALL, flow=Small) as person:
        for keys in ((), ("f1",), ("escape",), ("x", "enter"), ("c",), ("escape", "a"), ("h",)):
            await person.press(*keys)
            for columns, lines in (size, NARROW):
                await person.resize(columns, lines)
                person.goes_without_clipping()
                assert "PRACTICE" in person.screen.splitlines()[0]


def test_importing_the_app_loads_no_sdk() -> None:
    """The first frame must not wait for it, and the tui never touches it."""
    import subprocess
    import sys

    heavy = "('boto3', 'botocore', 'moto', 'questionary', 'yaml', 'sqlite3', 'jmespath')"
    code = f"import sys, tui.screen.app, tui.screen.screens.home; print([m for m in {heavy} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


async def test_without_colour_the_cursor_is_reversed_and_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = HandrailApp(Workspace(PRACTICE, lambda _: Canned()))
    async with app.run_test(size=NARROW) as pilot:
        person = Person(app, pilot)
        await person.settle()
        strips = app.screen._compositor.render_strips(app.size)
        cursor = next(strip for strip in strips if "> " in strip.text)
        assert any(segment.style and segment.style.reverse for segment in cursor)
        colours = {c for strip in strips for s in strip if s.style for c in (s.style.color, s.style.bgcolor) if c}
        assert all(colour.is_default for colour in colours)


@pytest.mark.parametrize(("terminal", "theme"), [
    ({"COLORTERM": "truecolor"}, "handrail"),
    ({"COLORTERM": "truecolor", "COLORFGBG": "0;15"}, "handrail-light"),
    ({}, "handrail-256"),
    ({"COLORFGBG": "0;15"}, "handrail-light-256"),
    ({"TERM": "linux"}, "handrail-ansi"),
    ({"TERM": "linux", "COLORFGBG": "0;15"}, "ansi-light"),
    ({"NO_COLOR": "1"}, "handrail-ansi"),
    ({"NO_COLOR": ""}, "handrail-256"),
], ids=str)  # fmt: skip
def test_the_colours_are_those_that_the_terminal_can_show(
    monkeypatch: pytest.MonkeyPatch, terminal: dict[str, str], theme: str
) -> None:
    monkeypatch.delenv("COLORTERM", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, value in terminal.items():
        monkeypatch.setenv(name, value)
    app = HandrailApp(Workspace(PRACTICE, lambda _: Canned()))
    assert (app.theme, app.no_color) == (theme, terminal.get("NO_COLOR") == "1")
