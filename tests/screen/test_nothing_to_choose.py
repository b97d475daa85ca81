"""Where there is nothing to choose from, the way out is one of the face at hand, and a first one can be set up."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from person import Canned, somebody

import flows
from flows.engine import Call, Place
from flows.engine.asked import Asked
from flows.engine.checking import Checking
from flows.tasks import TASKS, find
from tui.lines import looking_after
from tui.lines.question import Questioner
from tui.screen.screens.home_rows import home_rows
from tui.screen.widgets.list_state import ListState
from tui.screen.workspace import Start
from tui.ways_out import in_this_face

HERE = Place(region="eu-central-1")
ASKED: list[type[Asked]] = [
    *flows.every(), *(flow.check for flow in flows.every()), *(find(name).asks for name in TASKS),
]  # fmt: skip


class Nothing(Canned):
    """An account in which there is nothing of any kind."""

    def make(self, call: Call) -> dict[str, Any]:
        return defaultdict(list)


async def test_the_screen_names_its_own_keys_and_sets_one_up() -> None:
    async with somebody(Nothing(), Start(check="vpn"), place=HERE) as person:
        person.sees("There is no VPN connection in this region. Choose another region (Ctrl-O).")
        person.sees("Ctrl-N sets one up: Connect an office to a VPC", "Ctrl-N Set one up")
        person.does_not_see("--region")
        await person.types("vpn-0123456789abcdef0")
        await person.press("enter")
        person.sees(
            "“vpn-0123456789abcdef0” is not among the choices", "Choose another region (Ctrl-O).", "Ctrl-N sets"
        )
        await person.press("ctrl+n")
        person.sees("Connect an office to a VPC", "Which VPC should the office reach?")


async def test_in_practice_the_region_is_chosen_where_one_begins() -> None:
    async with somebody(Nothing(), Start(check="vpn")) as person:
        person.sees("Choose another region (begin Handrail with --region).", "Ctrl-N sets one up")


@pytest.mark.parametrize("set_up", flows.SET_UPS)
def test_by_lines_as_well(set_up: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Wherever a check begins with a list, and there is none."""
    checking = Checking(flows.find(set_up), Nothing(), Place(practice=True))
    asking = checking.asking()
    assert asking is not None
    if asking.offer is None or asking.offer.options:
        return
    Questioner(checking, lambda _, __: "?").put(asking)
    assert f"Set one up: handrail --practice run {set_up}\n" in capsys.readouterr().out


def test_no_way_out_is_an_option_of_the_command_line_where_that_is_not_at_hand() -> None:
    texts = [question.empty for form in ASKED for question in form.questions if "--region" in question.empty]
    assert len(texts) > 15, "else nothing is held"
    assert not [text for text in texts if "--region" in in_this_face(text, "Ctrl-O", HERE)]


@pytest.mark.parametrize("name", flows.SET_UPS)
def test_an_exact_name_means_the_set_up(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Also where the trouble of a check has that name in its first words; by lines it is begun at once."""
    state = ListState(home_rows([], (), 80, 24), "", None)
    state.look_for(name)
    assert state.row is not None and state.row.key == f"flow:{name}"
    begun: list[str] = []
    ways = [(title, f"{each} {about}", lambda each=each: begun.append(each) or 0) for each, (title, about) in
            flows.SET_UPS.items()]  # fmt: skip
    way = looking_after.the_one(name, [*looking_after.checks(HERE), *ways])
    assert way is not None and way() == 0 and begun == [name]
