"""Every kind of screen as pictures, in every look. They are what `screenshots/` holds and the documents show.

`make screenshots` makes them afresh; look at each one before you commit it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from film import Film
from looks import FIRST, FOLDER, OTHERS, Look, compare, document, dress, look_at, picture, sheet
from person import NARROW, WIDE, Canned, Person, somebody
from small import Lists, Long, Looked, Small
from support.gate import at_home, gate, keep_tokens_in
from support.pages import answers_file

import flows
from flows.engine import Call, Cloud, Denied, Identity, Journal, NoAccess, Place
from flows.engine.boto import Aws
from flows.practice import PracticeAccount
from tui.screen.app import HandrailApp
from tui.screen.workspace import Start, Workspace

VPN = Start(flow="vpn")
ANSWERED = Start(
    flow="vpn",
    answers={
        "vpc": "shop", "gateway_ip": "198.18.0.7", "device": "linux",
        "networks": ["192.168.10.0/24", "192.168.20.0/24"], "routing": "static",
        "route_tables": ["shop-private-a", "shop-private-b"], "security_groups": ["app"], "name": "office-shop",
    },
)  # fmt: skip
SMALL, LISTS, LOOKED, LONG = (Start(flow=name) for name in ("small", "lists", "looked", "long"))
NOON = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_that_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same run ids, times, time zone and folders in every picture."""
    import flows.database_hours.checks
    import flows.database_hours.handover
    import flows.engine.apply
    import flows.engine.journal
    import flows.engine.offers
    import tui.history
    import tui.looking_again
    import tui.screen.screens.progress
    import tui.words

    class Noon(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return cls(2026, 11, 24, 12, 0, 0, tzinfo=UTC)

        def astimezone(self, tz: Any = None) -> datetime:
            return self

    class Monday(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime(2026, 11, 30, 12, 0, 0, tzinfo=UTC)

    class Still:
        @staticmethod
        def monotonic() -> float:
            return 100.0

    monkeypatch.setenv("COLORTERM", "truecolor")  # else the first look is another
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / ".local" / "state"))
    for module in (flows.engine.offers, flows.engine.journal, tui.history, tui.looking_again, tui.words):
        monkeypatch.setattr(module, "datetime", Noon)
    for hours in (flows.database_hours.checks, flows.database_hours.handover):  # in which a schedule comes next
        monkeypatch.setattr(hours, "datetime", Monday)
    letters = iter(range(10_000))
    monkeypatch.setattr(flows.engine.apply, "AT_ONCE", 1)  # the practice account numbers things as they come
    monkeypatch.setattr(flows.engine.journal.secrets, "choice", lambda known: known[next(letters) // 8 % len(known)])
    monkeypatch.setattr(tui.screen.screens.progress, "time", Still)
    yield


def refused(permission: str) -> Denied:
    return Denied(
        f"You are not allowed to {permission}.", "Your policy lacks it.", "Ask for it.", permission=permission
    )


# -- every set-up -----------------------------------------------------------------------------------------------------

QUESTION, REVIEW, DONE = MOMENTS = "a question and what will be there", "the review", "done"


async def agreed(person: Person) -> None:
    """Yes to what there is to agree to before the review."""
    while "goes on like this" in person.words:
        await person.press("y")
    person.sees("What will be done")


@pytest.mark.wild  # thirteen set-ups look up all that they need
@pytest.mark.parametrize("flow", flows.SET_UPS)
async def test_each_set_up_at_three_moments(account: PracticeAccount, flow: str) -> None:
    """Narrow and wide; the review stands on its page, too."""
    cloud = Aws(Place(practice=True), account.session, account.session_of)
    parts = []
    async with somebody(cloud, Start(flow=flow, answers=answers_file(flow))) as person:

        async def shoot(moment: str, size: tuple[int, int]) -> None:
            at = (MOMENTS.index(moment) * (size[0] + 2), 2 if size == NARROW else 29)
            look = Look(f"{moment}, {size[0]}×{size[1]}", FIRST.theme, size, at)
            await dress(person, look)
            person.goes_without_clipping()
            drawn = re.sub(
                r"[\d-]{10} [\d:]{5} UTC", "2026-11-24 12:00 UTC", picture(person.app)
            )  # of moto's own clock
            parts.append((look, drawn))
            await dress(person, FIRST)

        await agreed(person)
        compare(FOLDER / "set-ups" / f"{flow}.svg", document(*NARROW, picture(person.app)))
        for size in (NARROW, WIDE):
            await shoot(REVIEW, size)
        await person.press(*["escape"] * 3)
        await shoot(QUESTION, WIDE)
        await person.press("f3")
        await shoot(QUESTION, NARROW)
        await person.press("escape")
        while "What will be done" not in person.words and "goes on like this" not in person.words:
            await person.press("enter")
        await agreed(person)
        await person.press("a")
        while "This needs your yes first" in person.words:
            await person.press("enter", "a")
        person.sees("What to do now")
        for size in (NARROW, WIDE):
            await shoot(DONE, size)
    compare(FOLDER / "set-ups" / "moments" / f"{flow}.svg", sheet(parts))


# -- a whole set-up, moving ------------------------------------------------------------------------------------------


@pytest.mark.wild
async def test_a_whole_set_up_as_a_film(cloud: Cloud) -> None:
    """An office is connected, from home to the proof, and taken back."""
    async with somebody(cloud) as person:
        film = Film(person)
        film.shoot(2.5)
        await film.press("enter", "down")
        await film.press("enter", rest=2)
        await film.types("198.18.0.7")
        await film.press("enter", rest=2)
        await film.press("enter", rest=2)
        await film.types("192.168.10.0/24")
        await film.press("enter", rest=2)
        for _ in range(3):  # the rest is taken as it stands
            await film.press("enter")
        person.sees("What will be done")
        film.rests[-1] = 4
        await film.press("a", rest=5)
        await film.press("u", rest=3)
        await film.press("down", "enter", rest=4)
        person.sees("Everything is as it was before.")
        compare(FOLDER / "film.svg", film.drawn())
        compare(FOLDER / "film.cast", film.recorded("Handrail: connect an office to a VPC, and take it back"))


# -- one set-up, from home to the receipt --------------------------------------------------------------------------


@pytest.mark.wild
async def test_home_and_questions(cloud: Cloud) -> None:
    async with somebody(cloud) as person:
        await person.press("enter", "down")
        await look_at(person, "choice")
        await person.press("f1")
        await look_at(person, "help")
        await person.press("escape", "ctrl+p")
        await look_at(person, "palette")
        await person.press("escape", "enter")
        await person.types("10.0.0.5")
        await person.press("enter")
        await look_at(person, "refused")
        await person.press("ctrl+u")
        await person.types("198.18.0.7")
        await person.press("enter", "enter")
        await person.pastes(" ".join(f"192.168.{third}.0/24" for third in range(10, 20)) + " 192.168.20.5/24")
        await person.press("enter")
        await look_at(person, "several")
        await person.press("f2", "enter", "enter", "down")
        await look_at(person, "picks")
        await person.press(*["escape"] * 6)
        person.sees("Go on with", "draft")
        await look_at(person, "home")
        await person.press("slash")
        await person.types("data")
        await person.until("An Aurora database that grows")
        await look_at(person, "home_search")


@pytest.mark.wild
async def test_review_to_receipt(cloud: Cloud) -> None:
    async with somebody(cloud, ANSWERED) as person:
        await look_at(person, "review")
        await person.press("shift+tab")
        await look_at(person, "review_end")
        await person.press("c")
        await look_at(person, "commands")
        await person.press("escape", "p")
        await look_at(person, "permissions")
        await person.press("escape", "e", "down")
        await look_at(person, "export")
        await person.press("escape", "a")
        person.sees("Everything is created.")
        await look_at(person, "done")
        await person.press("u")
        await look_at(person, "undo")
        await person.press("escape", "h", "h")
        await look_at(person, "history")
        await person.press("enter")
        await look_at(person, "run")
        await person.press("u", "down", "enter")
        person.sees("Everything is as it was before.")
        await look_at(person, "receipt")


@pytest.mark.wild
async def test_looked_at_again(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    async with somebody(cloud, ANSWERED) as person:
        await person.press("a")
        session = person.app.workspace.session
        assert session is not None and session.run is not None
        connection = session.run.record.handover["outputs"]["connection"]
        later = (NOON + timedelta(minutes=10)).timestamp()
        monkeypatch.setattr("flows.practice.clock.time", SimpleNamespace(time=lambda: later))
        cloud.make(Call("ec2.DeleteVpnConnection", {"VpnConnectionId": connection}))
        monkeypatch.setattr("flows.engine.sending.FRESH", 0)
        await person.press("l")
        person.sees("of 9 steps 3 are gone")
        await look_at(person, "looked")


@pytest.mark.wild
async def test_changed_in_the_review(cloud: Cloud) -> None:
    async with somebody(cloud, ANSWERED) as person:
        await person.press(*["shift+tab"] * 2, "enter", "down")
        await look_at(person, "changed")
        await person.press("enter", "enter")
        person.sees("needs another look")
        await look_at(person, "another_look")


@pytest.mark.wild
async def test_progress(cloud: Cloud) -> None:
    """The VPN being created, held at its second look whether the connection is there."""
    let_go = threading.Event()
    looks: list[str] = []

    class Held:
        identity = cloud.identity

        def make(self, call: Call) -> dict[str, Any]:
            answer = cloud.make(call)
            if call.operation == "ec2.DescribeVpnConnections" and looks and not let_go.is_set():
                answer = {"VpnConnections": [{**answer["VpnConnections"][0], "State": "pending"}]}
                looks.append(call.operation)
                if len(looks) > 2:
                    let_go.wait(60)
            looks.extend(["begun"] if call.operation == "ec2.CreateVpnConnection" else [])
            return answer

        def pages(self, call: Call) -> Iterator[dict[str, Any]]:
            return cloud.pages(call)

    async with somebody(Held(), ANSWERED) as person:
        try:
            await person.pilot.press("a")
            await person.until("pending, 0 s of usually")
            await look_at(person, "progress")
        finally:
            let_go.set()
        await person.settle()


@pytest.mark.wild
async def test_looking_after(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything in the region, one of it opened and mended."""
    import flows.engine.board
    from flows.practice import clock

    monkeypatch.setattr(flows.engine.board, "AT_ONCE", 1)
    monkeypatch.setattr(clock, "time", SimpleNamespace(time=NOON.timestamp))  # until when somebody waits is said
    async with somebody(cloud) as person:
        await person.press("down", "down", "down", "down", "enter")
        await person.until("Left out: WordPress")
        await look_at(person, "board")
        await person.press("enter")
        await person.until("Not as it should be, either")
        await look_at(person, "findings")
        await person.press("end", "enter")
        await look_at(person, "finding")
        await person.press("escape", "f")
        await look_at(person, "repairs")
        await person.press("enter", "a")
        for _ in range(9):
            if "needs your yes" not in person.words:
                break
            await person.press("enter", "a")
        person.sees("Before and after")
        await look_at(person, "mended")


# -- what needs a word of the person, and what goes wrong ----------------------------------------------------------


@pytest.mark.wild
async def test_cautions_and_production() -> None:
    async with somebody(Canned(alias="acme-prod"), SMALL, flow=Small, place=Place()) as person:
        await person.types("risky")
        await person.press("enter")
        await look_at(person, "caution")
        await person.press("y")
        await person.press("shift+tab", "enter")
        await look_at(person, "yes_or_no")
        await person.press("up", "enter", "a")
        await look_at(person, "stopped_by_a_check")
        await person.press("shift+tab", "d", "a")
        await person.types("acme")
        await person.press("enter")
        await look_at(person, "production")


@pytest.mark.wild
async def test_read_only() -> None:
    async with somebody(Canned(), SMALL, flow=Small, place=Place(read_only=True)) as person:
        await person.types("calm")
        await person.press("enter", "a")
        await look_at(person, "read_only")


@pytest.mark.wild
async def test_failed_resumed_and_left() -> None:
    account = Canned({"ec2.CreateTags": refused("ec2:CreateTags"), "ec2.DeleteVpc": refused("ec2:DeleteVpc")})
    async with somebody(account, SMALL, flow=Small) as person:
        await person.types("calm")
        await person.press("enter", "a")
        await look_at(person, "failed")
        await person.press("h", "end", "enter")
        await look_at(person, "resumed")
        await person.press("down", "enter", "down", "enter")
        await look_at(person, "left")


@pytest.mark.wild
async def test_a_mistake_of_ours() -> None:
    account = Canned({"ec2.DescribeVpcs": ZeroDivisionError()})
    async with somebody(account, LOOKED, flow=Looked) as person:
        await look_at(person, "mistake")


@pytest.mark.wild
async def test_decided_before_undo() -> None:
    async with somebody(Canned(), LONG, flow=Long) as person:
        await person.press("enter", "enter", "a", "u")
        await look_at(person, "undo_decision")


# -- lists ---------------------------------------------------------------------------------------------------------


@pytest.mark.wild
async def test_lists() -> None:
    async with somebody(Canned(), LISTS, flow=Lists) as person:
        await person.press("pagedown", "pagedown")
        await look_at(person, "many")
        await person.types("98")
        await person.until("299 of 10000")
        await look_at(person, "filter")
        await person.types("zzz")
        await person.until("Nothing contains")
        await look_at(person, "nothing_found")


@pytest.mark.wild
async def test_long_names() -> None:
    account = Canned()
    where = "a-department-that-has-a-long-name-and-says-it-everywhere"
    account.identity = Identity(
        "111122223333", "arn:aws:iam::111122223333:user/kim", "eu-central-1", where, NOON + timedelta(hours=7)
    )
    journal = Journal()
    for number in range(20):
        journal.begin("vpn", Place(), "111122223333").save_answers({"name": f"{where}-{number}"})
    journal.close()
    async with somebody(account, LONG, flow=Long, place=Place(profile=f"{where}-admin")) as person:
        await person.press("down")
        await look_at(person, "long_choice")
        await person.press("enter", "space", "down")
        await look_at(person, "long_picks")
        await person.press("enter")
        await look_at(person, "long_review")
        await person.press("a")
        await look_at(person, "long_done")
        await person.press("h", "end")
        await person.until("vpn-88888888")  # said once the cursor rests
        await look_at(person, "long_home")
        await person.press("h", "down")
        await look_at(person, "long_history")


@pytest.mark.parametrize(
    ("name", "answer"),
    [("denied", refused("ec2:DescribeVpcs")), ("empty", {})],
    ids=["denied", "empty"],
)
@pytest.mark.wild
async def test_lists_without_options(name: str, answer: Any) -> None:
    async with somebody(Canned({"ec2.DescribeVpcs": answer}), LOOKED, flow=Looked) as person:
        await look_at(person, name)


# -- who and where -------------------------------------------------------------------------------------------------


@pytest.mark.wild
async def test_trouble() -> None:
    def opener(place: Place) -> Cloud:
        raise NoAccess("No AWS credentials were found.", "", "Sign in, or choose a --profile.")

    async with somebody(opener, place=Place()) as person:
        await person.press("enter")
        await look_at(person, "trouble")


@pytest.fixture
def at_the_gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Profiles of every kind, and single sign-on that waits for a yes."""
    keep_tokens_in(tmp_path, monkeypatch)
    with gate() as opened:
        opened.interval = 60
        for name, value in at_home(tmp_path, opened).items():
            monkeypatch.setenv(name, value)
        yield


@pytest.mark.wild
async def test_profiles_and_regions(at_the_gate: None) -> None:
    app = HandrailApp(Workspace(Place()))
    async with app.run_test() as pilot:
        person = Person(app, pilot)
        await person.settle()
        await person.press("p")
        await look_at(person, "profiles")
        await person.press("tab")
        await look_at(person, "regions")
    app.workspace.close()


@pytest.mark.parametrize(("name", "profile", "until"), [
    ("no_region", "keys", "Which region?"),
    ("sign_in", "acme", "Only say yes to a code"),
    ("code", "guarded", "Type the 6 digits"),
])  # fmt: skip
@pytest.mark.wild
async def test_signing_in(at_the_gate: None, name: str, profile: str, until: str) -> None:
    app = HandrailApp(Workspace(Place(profile)))
    async with app.run_test() as pilot:
        person = Person(app, pilot)
        await person.settle()
        await pilot.press("enter")
        await person.until(until)
        await look_at(person, name)
    app.workspace.close()


# -- the pictures themselves ---------------------------------------------------------------------------------------


@pytest.mark.wild
async def test_no_color_looks_as_on_the_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sheets switch colours off in an app that runs; here it starts without them."""
    async with somebody(Canned()) as person:
        await dress(person, next(look for look in OTHERS if look.colourless))
        switched = picture(person.app)
    monkeypatch.setenv("NO_COLOR", "1")
    async with somebody(Canned()) as person:
        assert picture(person.app) == switched


def test_there_is_no_picture_without_a_story() -> None:
    told = Path(__file__).read_text()
    set_ups = {path.stem for path in (FOLDER / "set-ups").glob("*.svg")}
    assert set_ups == set(flows.SET_UPS)
    assert [
        path.name
        for path in FOLDER.rglob("*.svg")
        if not {f'"{path.stem}"', f'"{path.name}"'} & {*re.findall(r'"[\w.]+"', told)} and path.stem not in set_ups
    ] == []
