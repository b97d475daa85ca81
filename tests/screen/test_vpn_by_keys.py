"""The VPN set-up from the first screen to done and undone, by keys alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from person import NARROW, WIDE, Person, somebody
from support.clock import FakeClock
from vpn.cases import STATIC

import flows
from flows.engine import Cloud, Journal, Place, Session
from flows.engine.boto import Aws
from tui import history
from tui.screen.workspace import Start


async def answered(person: Person) -> None:
    """From home to the review."""
    await person.press("enter")
    person.sees("Question 1 of 8", "Which VPC should the office reach?", "172.31.0.0/16, the default VPC")
    await person.press("down", "enter")
    await person.types("9.9.9.9")
    await person.press("enter")
    person.sees("Which device is it?", "Linux with strongSwan")
    await person.press("enter")
    await person.types("192.168.10.0/24, 192.168.20.0/24")
    await person.press("enter", "enter", "enter", "enter")
    person.sees("What will be done", "Nothing was created so far.")
    person.sees("Nothing will be reachable until a security group allows it.")


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x40"])
@pytest.mark.some("80x24")
@pytest.mark.quick
async def test_from_home_to_done_to_undone(cloud: Cloud, journal: Journal, size: tuple[int, int]) -> None:
    """A newcomer sets up a VPN, sees that it waits for the device, and takes it back."""
    async with somebody(cloud, size=size) as person:
        person.sees("Connect an office to a VPC", "PRACTICE", "fjord-coffee", "eu-central-1")
        person.goes_without_clipping()
        await answered(person)
        person.goes_without_clipping()
        await person.press("a")
        person.sees("Everything is created. It does not work yet: No security group", "waiting", "What to do now")
        person.sees("u Undo", "lets happen what it waits for")
        person.goes_without_clipping()
        assert [record.status for record in journal.records()] == ["waiting"]
        await person.press("c")
        person.sees("Everything is created.", "As of", "nothing changed.")
        assert person.app.code == 0
        await person.press("d")
        person.sees("Check: vpn-", "It does not work")
        await person.press("escape")
        person.sees("Everything is created.", "u Undo")
        await person.press("u")
        person.sees("This will be taken back", "Undo nothing")
        await person.press("down", "enter")
        person.sees("Everything is as it was before.", "- removed")
        assert [record.status for record in journal.records()] == ["undone"]


@pytest.mark.wild
async def test_the_account_is_named_on_every_screen(cloud: Cloud) -> None:
    async with somebody(cloud) as person:
        await answered(person)
        for key in ("f1", "escape", "c", "escape", "p", "escape", "a", "u"):
            await person.press(key)
            assert "PRACTICE · fjord-coffee" in person.screen.splitlines()[0]
            assert "F1 Help" in person.screen.splitlines()[-1]


async def test_back_works_from_an_invalid_field_and_loses_nothing(cloud: Cloud) -> None:
    async with somebody(cloud, Start(flow="vpn")) as person:
        await person.press("down", "enter")
        await person.types("10.0.0.5")
        await person.press("enter")
        person.sees("refused", "10.0.0.5 is a private address", "Question 2 of 8")
        await person.press("escape")
        person.sees("Question 1 of 8")
        assert "> shop" in person.screen, "the earlier answer is under the cursor"
        await person.press("enter")
        person.sees("Question 2 of 8")
        await person.types("9.9.9.9")
        await person.press("enter")
        person.sees("Question 3 of 8")


@pytest.mark.wild
async def test_one_key_takes_the_corrected_value(cloud: Cloud) -> None:
    async with somebody(cloud, Start(flow="vpn")) as person:
        await person.press("down", "enter")
        await person.types("9.9.9.9")
        await person.press("enter", "enter")
        await person.types("192.168.20.0/24, 192.168.10.5/24")
        await person.press("enter")
        person.sees("192.168.10.5/24 is an address in the middle of a network", "F2")
        await person.press("f2", "enter")
        person.sees("Question 5 of 8")
        assert person.app.workspace.session is not None
        assert person.app.workspace.session.answers()["networks"] == ["192.168.20.0/24", "192.168.10.0/24"]


@pytest.mark.wild
async def test_pasting_a_list_makes_one_entry_a_line(cloud: Cloud) -> None:

    async with somebody(cloud, Start(flow="vpn")) as person:
        await person.press("down", "enter")
        await person.types("9.9.9.9")
        await person.press("enter", "enter")
        assert person.app.focused is not None
        await person.pastes("192.168.10.0/24\r\n192.168.11.0/24; 192.168.12.0/24\n")
        await person.settle()
        for network in ("192.168.10.0/24", "192.168.11.0/24", "192.168.12.0/24"):
            assert any(line.strip() == network for line in person.screen.splitlines())
        await person.press("enter")
        person.sees("Question 5 of 8")


@pytest.mark.wild
async def test_changing_the_vpc_asks_only_what_rests_on_it(cloud: Cloud) -> None:
    """The route tables of the shop are not in staging, so they need another look; the address does not."""
    async with somebody(cloud) as person:
        await answered(person)
        while "> VPC" not in person.screen:
            await person.press("tab")
        await person.press("enter")
        person.sees("Question 1 of 8")
        await person.press("down", "enter")
        person.sees("IPv6 does not travel through a virtual private gateway", "Enter goes on")
        await person.press("enter")
        person.sees("Which route tables", "needs another look, because you changed VPC")
        await person.press("space", "enter")
        person.sees("What will be done")
        await person.press("end", *["up"] * 19)
        person.sees("9.9.9.9")


@pytest.mark.wild
async def test_fine_tuning_is_changed_from_the_review_and_comes_back_to_it(cloud: Cloud) -> None:
    async with somebody(cloud, size=(80, 72)) as person:
        await answered(person)
        await person.press("shift+tab")
        person.sees("Fine-tuning", "(default)")
        while "> Encryption" not in person.screen:
            await person.press("down")
        await person.press("enter")
        person.sees("Fine-tuning", "Which encryption should be allowed?")
        await person.press("down", "enter")
        person.sees("What will be done", "Compatible: everything AWS knows")
        await person.press("shift+tab")
        while "> Encryption" not in person.screen:
            await person.press("down")
        await person.press("d")
        person.sees("Modern: IKEv2, AES-256, SHA-2, large groups (default)")


@pytest.mark.wild
async def test_a_draft_is_gone_on_with_where_it_was_left(cloud: Cloud, journal: Journal) -> None:
    async with somebody(cloud) as person:
        await person.press("enter", "down", "enter")
        await person.types("9.9.9.9")
        await person.press("enter")
        person.sees("Question 3 of 8")
        await person.press("ctrl+c")
        assert "Draft kept. Go on with: handrail resume vpn-" in person.app.farewell()[0]
    async with somebody(cloud) as person:
        person.sees("Go on with", "draft", "PRACTICE")
        await person.press("end", "enter")
        person.sees("Question 3 of 8", "Which device is it?")


@pytest.mark.wild
async def test_the_answers_are_written_where_only_the_user_reads_them(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with somebody(cloud) as person:
        await answered(person)
        await person.press("w", "enter")
        person.sees("What will be done", "Written to")
        path = tmp_path / "vpn.yaml"
        assert path.stat().st_mode & 0o777 == 0o600
        assert yaml.safe_load(path.read_text())["gateway_ip"] == "9.9.9.9"
        await person.press("w", "enter")
        assert (tmp_path / "vpn-2.yaml").exists(), "nothing is overwritten"


@pytest.mark.wild
async def test_the_same_plan_is_shown_as_commands_and_as_a_policy(cloud: Cloud) -> None:
    async with somebody(cloud, size=WIDE) as person:
        await answered(person)
        await person.press("c")
        person.sees("aws commands", "#!/usr/bin/env bash")
        await person.press("escape", "p")
        person.sees("Permissions", '"Effect": "Allow"')


@pytest.mark.wild
async def test_the_palette_does_what_its_entries_say(cloud: Cloud) -> None:
    async with somebody(cloud) as person:
        await person.press("ctrl+p")
        await person.types("history")
        await person.press("enter")
        person.sees("There are no drafts and no runs yet.")
        await person.press("escape", "ctrl+p")
        await person.types("colours")
        await person.press("enter")
        await person.types("handrail-light")
        await person.press("enter")
        assert person.app.theme == "handrail-light"


async def test_a_run_that_waits_opens_on_what_it_waits_for(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """A day later nobody remembers: what is to do stands first, before the steps, and in practice p lets it happen."""
    made = Session(flows.find("vpn"), cloud, journal, place=Place(practice=True), clock=clock)
    made.fill(STATIC)
    for _ in made.apply():
        pass
    handed = made.hand_over()
    made.close()
    assert made.run is not None and handed.waiting and len(handed.next_steps) > 1
    async with somebody(cloud, Start(run=made.run.id)) as person:
        person.sees(f"waiting {handed.waiting}", "What to do now", "p Let it happen", "p lets happen what it waits for")
        at = [person.words.find(part) for part in ("waiting for you", handed.waiting, "What to do now 1 ", "Steps")]
        assert at == sorted(at)
        person.goes_without_clipping()
        await person.press("p")
        person.sees("Everything is created.", "The office's device has called")
    told = "\n".join(history.details(journal.run(made.run.id)))
    assert "What to do now" in told and "Waiting:" not in told, "the device has called"
