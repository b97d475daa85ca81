"""`handrail help`: a command, a set-up, or a word of the glossary."""

from __future__ import annotations

from support.command import Command

from flows import SET_UPS, glossary


def test_a_word_in_any_of_its_forms(handrail: Command) -> None:
    meaning = next(word.meaning for word in glossary.words() if word.name == "network ACL")
    for said in (["acl"], ["network", "ACLs"], ["network access control list"]):
        assert meaning in handrail("help", *said).out
    assert handrail("help", "oac", "--output", "json").json[0]["word"] == "Origin Access Control"


def test_a_word_of_several_meanings_is_told_with_all_of_them(handrail: Command) -> None:
    told = handrail("help", "connection").out
    assert all(f"{name} (" in told for name in ("CodeConnections", "database connection", "peering", "VPN connection"))
    assert "connection (vpn))" in told


def test_all_words(handrail: Command) -> None:
    told = handrail("help", "words").out
    assert all(word.meaning in told for word in glossary.words())


def test_a_command_as_its_own_help_says_it(handrail: Command) -> None:
    assert handrail("help").out == handrail("--help").out
    assert handrail("help", "undo").out == handrail("undo", "--help").out
    assert handrail("help", "task", "lint-buildspec").out == handrail("task", "lint-buildspec", "--help").out


def test_a_set_up_and_the_word_of_that_name(handrail: Command) -> None:
    told = handrail("help", "vpn").out
    assert SET_UPS["vpn"][1] in told and "handrail run vpn" in told and "Virtual private network" in told
    assert handrail("help", "share_ami").code == 0


def test_what_is_neither_names_what_is_near(handrail: Command) -> None:
    ran = handrail("help", "lisener")
    assert (ran.code, ran.out) == (2, "")
    assert "“lisener” is neither a command nor a word" in ran.err and "listener" in ran.err
    assert "`handrail help words` lists all words." in handrail("help", "xyzzy").err


def test_short_options_mean_the_long_ones(handrail: Command) -> None:
    assert handrail("list", "-o", "json").out == handrail("list", "--output", "json").out
    for said in (["-o", "json"], ["-ojson"]):
        assert handrail("undo", "nothing-0000", "-y", *said).json["error"]["code"] == "refused"
