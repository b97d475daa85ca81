"""A secret is shown by nothing, and where nobody is asked it is given by reference only."""

from __future__ import annotations

import json
import pickle
import traceback
from copy import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.engine import Asking, Choice, Flow, Hidden, Journal, Plan, Refused, SecretText, Session
from flows.engine.boto import Aws
from flows.engine.secret_text import GIVEN
from tui.answers_file import dump_answers

WORD = "correct-horse-battery"


class Guarded(Flow):
    """A set-up with a password."""

    title = "A set-up with a password"
    kind_of = Choice(
        "Which?", {"none": "None", "own": "My own"}, default="none", fine_tuning=True, why="Some have one."
    )
    password = SecretText(
        "What is the password?", lambda text: "It has a space in it." if " " in text else "", form="any letters",
        when=kind_of.is_("own"), fine_tuning=True, why="It opens the door.",
    )  # fmt: skip
    again = SecretText(
        "And the other?", lambda text: "", form="any letters", when=kind_of.is_("own"), fine_tuning=True, why="It, too."
    )

    def plan(self) -> Plan:
        return Plan(())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "word.txt"
    path.write_text(f"{WORD}\n")
    path.chmod(0o600)
    return path


def read(raw: object) -> Hidden:
    form: Any = None
    return Guarded.password.parse(raw, form)[0]


def test_nothing_shows_it() -> None:
    hidden = Hidden(WORD)
    for told in (repr(hidden), str(hidden), f"{hidden}", f"{[hidden]}", f"{hidden!a}", json.dumps(hidden, default=str)):
        assert WORD not in told and "(hidden)" in told
    for write in (pickle.dumps, json.dumps, yaml.safe_dump, copy):
        with pytest.raises((TypeError, yaml.YAMLError)):
            write(hidden)
    assert not hasattr(hidden, "__dict__") and hidden.reveal() == WORD
    assert hidden == Hidden(WORD) != Hidden("x") and len({hidden, Hidden(WORD)}) == 1


def test_a_reference_is_read_and_remembered_in_its_place(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_WORD", WORD)
    monkeypatch.chdir(file.parent)
    for raw, source in ((f"@{file}", f"@{file}"), ("@word.txt", f"@{file}"), ("env:THE_WORD", "env:THE_WORD")):
        value = read(raw)
        assert (value.reveal(), value.source) == (WORD, source)
        assert Guarded.password.kept(raw, value) == source and WORD not in Guarded.password.told(value, raw)
    typed = read(Hidden(WORD))
    assert Guarded.password.kept(Hidden(WORD), typed) == GIVEN
    assert Guarded.password.told(typed, GIVEN) == "given, not shown"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (WORD, "Password is not taken as text. Other users of this machine read command lines, and an answers file "
         "keeps what is in it. Give password=@FILE, or password=env:NAME for a variable of the environment."),
        ([WORD], "Password is not taken as text."),
        (7, "Password is not taken as text."),
        (GIVEN, "Password was given before, and is kept nowhere. Enter it again; where nobody is asked: --set pass"),
        ("", "Password is needed. Enter any letters."),
        ("@", "“@” names no file."),
        ("@/no/such", "/no/such cannot be read. No such file or directory."),
        ("@/", "/ is no ordinary file."),
        ("@/dev/null", "/dev/null is no ordinary file."),
        ("env:", "“env:” wants the name of a variable behind it: letters, digits and “_”."),
        (f"env:{WORD}", "“env:” wants the name of a variable behind it"),
        ("env:NO_SUCH_WORD", "There is no variable NO_SUCH_WORD in the environment. Set and export it first."),
    ],
)  # fmt: skip
def test_whatever_else_is_given_is_refused_without_a_word_of_it(raw: Any, said: str) -> None:
    with pytest.raises(Refused) as refused:
        read(raw)
    assert said in str(refused.value)
    assert WORD not in str(refused.value) + "".join(traceback.format_exception(refused.value, limit=0))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds 0 lines; one line is wanted."),
        (b"\n\n", "holds 0 lines"),
        (b"correct-horse\nbattery-staple\n", "holds 2 lines; one line is wanted."),
        (b"\xff\xfe\x00", "is no text in UTF-8."),
        (b"x" * 5000, "holds a line of more than 4094 characters"),
    ],
)
def test_a_file_holds_one_line(file: Path, content: bytes, said: str) -> None:
    file.write_bytes(content)
    with pytest.raises(Refused) as refused:
        read(f"@{file}")
    assert said in str(refused.value) and "horse" not in str(refused.value)


def test_a_file_that_others_may_read_is_warned_of(file: Path) -> None:
    form: Any = None
    assert Guarded.password.parse(f"@{file}", form)[1] == ()
    file.chmod(0o640)
    (caution,) = Guarded.password.parse(f"@{file}", form)[1]
    assert (caution.id, caution.key) == ("secret-readable", "password") and "chmod 600" in caution.message


# -- asked -----------------------------------------------------------------------------------------------------------


def at(session: Session) -> tuple[str, object]:
    state = session.state()
    return (state.question.id, state.said) if isinstance(state, Asking) else ("", None)


def test_it_is_asked_though_it_is_fine_tuning_and_back_leads_to_what_led_there(cloud: Aws, journal: Journal) -> None:
    session = Session(Guarded, cloud, journal)
    assert at(session)[0] == ""
    session.revisit("kind_of")
    session.answer("own")
    assert at(session) == ("password", None)
    session.answer(Hidden("two words"))
    state = session.state()
    assert isinstance(state, Asking) and state.said is None and "It has a space in it." in str(state.problem)
    session.answer(Hidden(WORD))
    assert at(session)[0] == "again"
    assert session.back() and at(session) == ("password", GIVEN)
    session.answer(GIVEN)  # it is to stay
    assert at(session)[0] == "again" and session._said["password"].value == Hidden(WORD)
    assert session.back() and session.back() and at(session)[0] == "kind_of"
    session.answer("none")
    assert at(session)[0] == ""


def test_what_is_written_down_is_that_it_was_given(cloud: Aws, journal: Journal, file: Path) -> None:
    session = Session(Guarded, cloud, journal)
    session.suggest({"kind_of": "own", "password": WORD})  # on a command line, in front of somebody
    session.revisit("kind_of")
    session.answer("own")
    assert session.run is not None
    assert session.run.record.answers == {"kind_of": "own", "password": GIVEN}
    session.answer(Hidden(WORD))
    session.answer(f"@{file}")
    assert session.run.record.answers == {"kind_of": "own", "password": GIVEN, "again": f"@{file}"}
    assert session.answers() == session.run.record.answers
    assert WORD not in dump_answers(session.answers()) + repr(session.review()) + repr(session._said)
    assert WORD.encode() not in Path(journal.path).read_bytes()


def test_where_nobody_is_asked_it_is_missing(cloud: Aws) -> None:
    with pytest.raises(Refused) as refused:
        Session(Guarded, cloud).fill({"kind_of": "own", "again": WORD})
    assert "password: What is the password? (any letters; not shown" in str(refused.value)
    assert "again: Again is not taken as text" in str(refused.value) and WORD not in str(refused.value)
    Session(Guarded, cloud).fill({"kind_of": "none"})
