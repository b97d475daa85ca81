"""Every kind of screen as a picture. The pictures are what `screenshots/` holds and the README shows.

`make screenshots` makes them afresh; look at each one before you commit it.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from person import NARROW, WIDE, Canned, Person, made
from pytest_textual_snapshot import SVGImageExtension
from small import Lists, Looked, Small
from support.gate import at_home, gate, keep_tokens_in

from flows.engine import Call, Cloud, Denied, Place
from tui.app import HandrailApp
from tui.desk import Desk, Start

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
VPN = Start(flow="vpn")
ANSWERED = Start(
    flow="vpn",
    answers={
        "vpc": "shop", "gateway_ip": "198.18.0.7", "networks": ["192.168.10.0/24", "192.168.20.0/24"],
        "routing": "static", "route_tables": ["shop-private-a", "shop-private-b"], "security_groups": ["app"],
        "name": "office-shop",
    },
)  # fmt: skip
SMALL = Start(flow="small")
pytestmark = pytest.mark.filterwarnings("ignore:(?s).*Can not relate snapshot location")
Story = Callable[[Person], Awaitable[None]]


@pytest.fixture(autouse=True)
def nothing_that_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same run ids, times and folders in every picture."""
    import flows.engine.apply
    import flows.engine.journal
    import flows.engine.session
    import tui.screens.home
    import tui.screens.progress

    class Noon(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return cls(2026, 11, 24, 12, 0, 0, tzinfo=UTC)

        def astimezone(self, tz: Any = None) -> datetime:
            return self

    class Still:
        @staticmethod
        def monotonic() -> float:
            return 100.0

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / ".local" / "state"))
    for module in (flows.engine.session, flows.engine.journal, tui.screens.home):
        monkeypatch.setattr(module, "datetime", Noon)
    monkeypatch.setattr(flows.engine.apply, "AT_ONCE", 1)  # the practice account numbers things as they come
    monkeypatch.setattr(flows.engine.journal.secrets, "choice", lambda letters: letters[10])
    monkeypatch.setattr(tui.screens.progress, "time", Still)
    yield


@pytest.fixture
def picture(snap_compare: Any, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Compares what a story leads to with the picture that has the test's name."""
    name = request.node.name.removeprefix("test_").replace("[", "-").removesuffix("]")
    monkeypatch.setattr(SVGImageExtension, "dirname", classmethod(lambda cls, *, test_location: str(SCREENSHOTS)))
    monkeypatch.setattr(SVGImageExtension, "get_snapshot_name", classmethod(lambda cls, **_: name))

    def compare(app: Any, story: Story, size: tuple[int, int] = NARROW) -> None:
        async def told(pilot: Any) -> None:
            person = Person(app, pilot)
            await person.settle()
            await story(person)

        assert snap_compare(app, terminal_size=size, run_before=told)
        app.desk.close()

    return compare


async def nothing(person: Person) -> None:
    pass


async def to_done(person: Person) -> None:
    await person.press("a")
    person.sees("Everything is created.")


sizes = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x40"])


@sizes
def test_home(picture: Callable[..., None], cloud: Cloud, size: tuple[int, int]) -> None:
    async def with_a_draft(person: Person) -> None:
        await person.press("enter", "down", "enter")
        await person.types("198.18.0.7")
        await person.press("enter", "escape", "escape", "escape")
        person.sees("Go on with", "draft")

    picture(made(cloud), with_a_draft, size)


@sizes
def test_choice(picture: Callable[..., None], cloud: Cloud, size: tuple[int, int]) -> None:
    picture(made(cloud, VPN), lambda person: person.press("down"), size)


def test_refused(picture: Callable[..., None], cloud: Cloud) -> None:
    async def story(person: Person) -> None:
        await person.press("down", "enter")
        await person.types("10.0.0.5")
        await person.press("enter")

    picture(made(cloud, VPN), story)


@sizes
def test_several(picture: Callable[..., None], cloud: Cloud, size: tuple[int, int]) -> None:
    async def story(person: Person) -> None:
        await person.press("down", "enter")
        await person.types("198.18.0.7")
        await person.press("enter")
        await person.types("192.168.10.0/24, 192.168.20.5/24")
        await person.press("enter")

    picture(made(cloud, VPN), story, size)


def test_picks(picture: Callable[..., None], cloud: Cloud) -> None:
    async def story(person: Person) -> None:
        await person.press("down", "enter")
        await person.types("198.18.0.7")
        await person.press("enter")
        await person.types("192.168.10.0/24")
        await person.press("enter", "enter", "down")

    picture(made(cloud, VPN), story)


@sizes
def test_review(picture: Callable[..., None], cloud: Cloud, size: tuple[int, int]) -> None:
    picture(made(cloud, ANSWERED), nothing, size)


def test_review_end(picture: Callable[..., None], cloud: Cloud) -> None:
    async def story(person: Person) -> None:
        await person.press("shift+tab")

    picture(made(cloud, ANSWERED), story)


@sizes
def test_done(picture: Callable[..., None], cloud: Cloud, size: tuple[int, int]) -> None:
    picture(made(cloud, ANSWERED), to_done, size)


def test_undo(picture: Callable[..., None], cloud: Cloud) -> None:
    async def story(person: Person) -> None:
        await to_done(person)
        await person.press("u")

    picture(made(cloud, ANSWERED), story)


@sizes
def test_receipt(picture: Callable[..., None], cloud: Cloud, size: tuple[int, int]) -> None:
    async def story(person: Person) -> None:
        await to_done(person)
        await person.press("u", "down", "enter")
        person.sees("Everything is as it was before.")

    picture(made(cloud, ANSWERED), story, size)


def test_help(picture: Callable[..., None], cloud: Cloud) -> None:
    picture(made(cloud, VPN), lambda person: person.press("f1"))


def test_run(picture: Callable[..., None], cloud: Cloud) -> None:
    async def story(person: Person) -> None:
        await to_done(person)
        await person.press("h", "h", "enter")

    picture(made(cloud, ANSWERED), story)


@sizes
def test_progress(picture: Callable[..., None], cloud: Cloud, size: tuple[int, int]) -> None:
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

    async def story(person: Person) -> None:
        await person.pilot.press("a")
        await person.until("pending, 0 s of usually")

    app = made(Held(), ANSWERED)
    leave = app.exit

    def let_go_and_leave(*rest: Any) -> None:
        let_go.set()
        leave(*rest)

    app.exit = let_go_and_leave  # type: ignore[method-assign]
    picture(app, story, size)


def test_failed(picture: Callable[..., None]) -> None:
    boom = Denied(
        "You are not allowed to ec2:CreateTags.", "Your policy lacks it.", "Ask for it.", permission="ec2:CreateTags"
    )

    async def story(person: Person) -> None:
        await person.types("calm")
        await person.press("enter", "a")

    picture(made(Canned({"ec2.CreateTags": boom}), SMALL, flow=Small), story)


def test_caution(picture: Callable[..., None]) -> None:
    async def story(person: Person) -> None:
        await person.types("risky")
        await person.press("enter")

    picture(made(Canned(), SMALL, flow=Small), story)


def test_filter(picture: Callable[..., None]) -> None:
    picture(made(Canned(), Start(flow="lists"), flow=Lists), lambda person: person.types("98"))


def test_denied(picture: Callable[..., None]) -> None:
    no = Denied("You are not allowed to ec2:DescribeVpcs.", "", "Ask for it.", permission="ec2:DescribeVpcs")
    picture(made(Canned({"ec2.DescribeVpcs": no}), Start(flow="looked"), flow=Looked), nothing)


def test_trouble(picture: Callable[..., None]) -> None:
    from flows.engine import NoAccess

    def opener(place: Place) -> Cloud:
        raise NoAccess("No AWS credentials were found.", "", "Sign in, or choose a --profile.")

    picture(made(opener, place=Place()), lambda person: person.press("enter"))


def test_palette(picture: Callable[..., None]) -> None:
    picture(made(Canned()), lambda person: person.press("ctrl+p"))


@pytest.fixture
def at_the_gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Profiles of every kind, and single sign-on that waits for a yes."""
    keep_tokens_in(tmp_path, monkeypatch)
    with gate() as opened:
        for name, value in at_home(tmp_path, opened).items():
            monkeypatch.setenv(name, value)
        yield


@sizes
def test_profiles(picture: Callable[..., None], at_the_gate: None, size: tuple[int, int]) -> None:
    picture(HandrailApp(Desk(Place())), lambda person: person.press("p"), size)


def test_sign_in(picture: Callable[..., None], at_the_gate: None) -> None:
    async def story(person: Person) -> None:
        await person.pilot.press("enter")
        await person.until("Only say yes to a code")

    picture(HandrailApp(Desk(Place("acme"))), story)


def test_production(picture: Callable[..., None]) -> None:
    async def story(person: Person) -> None:
        await person.types("calm")
        await person.press("enter", "a")

    picture(made(Canned(alias="acme-prod"), SMALL, flow=Small, place=Place()), story)
