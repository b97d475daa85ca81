"""What import-linter cannot say of the two packages: how their source is written, and what is loaded while they run."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.sources import ROOT, SOURCES, imports, name_of, nodes, text

import flows

AWS_LIBRARIES = {"boto3", "botocore", "moto", "s3transfer", "awscrt"}
FRONT_ENDS = {"textual", "rich", "questionary", "prompt_toolkit", "click", "tui"}
FILES = sorted(SOURCES.values())
OTHERS = [path for folder in ("tests", "benchmarks", "screenshots") for path in (ROOT / folder).rglob("*.py")]


def top(module: str) -> str:
    return module.partition(".")[0]


# -- as it is written ----------------------------------------------------------------------------------------


def test_set_ups_and_services_need_no_library() -> None:
    ours = {"aws", *flows.SET_UPS}
    libraries = {
        f"{module} imports {found}"
        for module in SOURCES
        if top(module.removeprefix("flows.")) in ours
        for found in imports(module)
        if top(found) != "flows" and top(found) not in sys.stdlib_module_names
    }
    assert libraries == set()


def test_every_set_up_that_is_written_is_listed() -> None:
    declaring = {
        path.parent.name
        for path in (ROOT / "flows").glob("*/*.py")
        for node in nodes(path)
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Flow" for base in node.bases)
    } - {"engine"}  # whose repair of a set-up is none itself
    assert declaring == set(flows.SET_UPS)


ROOMS = {
    "checks": {"checks", "rules"},
    "handover": {"handover"},
    "diagnose": {"diagnosis", "rules"},
}
"""What a letter says in each of these is in the rooms of these names, or a service's."""


@pytest.mark.parametrize("name", flows.SET_UPS)
def test_who_knows_one_set_up_knows_where_things_are_in_all(name: str) -> None:
    folder = ROOT / "flows" / name
    own = {path.stem for path in folder.glob("*.py")}
    said = {
        f"{each.name} asks {used.id}"
        for each in nodes(folder / "flow.py")
        if isinstance(each, ast.FunctionDef) and each.name in ROOMS
        for used in ast.walk(each)
        if isinstance(used, ast.Name) and used.id in own - ROOMS[each.name]
    }
    assert said == set()
    homes = {"diagnose": "diagnosis.py", "hand_over": "handover.py"}
    strayed = {
        f"{name_of(path)}: {each.name}"
        for path in folder.rglob("*.py")
        if path.name != "flow.py"
        for each in nodes(path)
        if isinstance(each, ast.FunctionDef) and homes.get(each.name, path.name) != path.name
    }
    assert strayed == set()


def test_every_room_of_the_engine_is_on_its_map() -> None:
    engine = SOURCES["flows.engine"]
    drawn = {word for line in (ast.get_docstring(module_of(engine)) or "").splitlines()[2:] for word in line.split()}
    rooms = {path.stem for path in engine.parent.glob("*.py")} - {"__init__"}
    assert rooms - {word.rstrip(",;") for word in drawn} == set()


def test_every_module_says_what_it_is() -> None:
    silent = [name_of(path) for path in FILES if text(path).strip() and not ast.get_docstring(module_of(path))]
    assert silent == []


def module_of(path: Path) -> ast.Module:
    module = nodes(path)[0]
    assert isinstance(module, ast.Module)
    return module


def test_which_screen_comes_next_is_decided_in_one_place() -> None:
    """A screen says what happened; only one room puts another in its place or over it."""
    opening = re.compile(r"\b(push_screen|switch_screen|install_screen)\b")
    assert [name_of(path) for path in FILES if opening.search(text(path))] == ["tui/screen/ways.py"]


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
    assert [name_of(path) for path in (*FILES, *OTHERS) if marks.search(text(path))] == []


def test_files_are_written_in_one_place() -> None:
    """Whatever else opens one for writing would follow links, or write half of it. The journal and the practice
    account have files of their own, in our folder."""
    writing = re.compile(
        r"O_CREAT|O_TRUNC|O_APPEND|write_text|write_bytes|\.touch\(|mkstemp|NamedTemp|copyfile"
        r"""|open\([^)]*["'][wax+]+[bt+]*["']"""
    )
    places = {name_of(path) for path in FILES if writing.search(text(path))}
    assert places == {"flows/engine/files.py", "flows/engine/journal_file.py", "flows/practice/diary.py"}


PROGRAMS = "aws|handrail|curl|git|mysql|psql|scp|ssh|sudo"
PASTED = re.compile(rf"(?:^|[\s`:(|])(?:{PROGRAMS}) (?:[a-z-][^\n`]*)?\0")
"""A command with something put into it, as in `aws s3 rm {key}`."""
PROGRAM = {"flows/spa_pipeline/build.py"}
"""What is written there is a program as a whole, in which only words of its own are put."""


def texts(node: ast.AST) -> str:
    """The text that an expression makes, `\\0` where something is put in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(map(texts, node.values))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return texts(node.left) + texts(node.right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return texts(node.func.value).replace("{", "\0")
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "\0"


def test_a_command_for_people_is_made_where_words_are_quoted() -> None:
    """Names are other people's: `flows.engine.shell` puts a whole command together, never a text with gaps."""
    pasted = [
        f"{name_of(path)}: {made}"
        for path in FILES
        if name_of(path) not in PROGRAM
        for node in nodes(path)
        if isinstance(node, ast.JoinedStr | ast.BinOp | ast.Call) and PASTED.search(made := texts(node))
    ]
    assert pasted == []


def narrows(test: ast.expr) -> bool:
    """Whether it only tells the type checker what is so: `x is not None`, `isinstance(x, Y)`, or both."""
    match test:
        case ast.BoolOp(ast.And(), parts):
            return all(map(narrows, parts))
        case ast.Compare(_, [ast.IsNot()], [ast.Constant(None)]):
            return True
        case ast.Call(ast.Name("isinstance")):
            return True
    return False


def test_no_value_is_checked_by_an_assertion() -> None:
    """`python -O` leaves assertions out; what is said, read or answered is refused with a sentence."""
    checking = [
        f"{name_of(path)}:{node.lineno}: {ast.unparse(node)}"
        for path in FILES
        for node in nodes(path)
        if isinstance(node, ast.Assert) and not narrows(node.test)
    ]
    assert checking == []


def test_no_file_names_where_packages_are_fetched_from() -> None:
    """That is the business of whoever builds this."""
    hosts = re.compile("pypi" r"\.(org|python\.org)|files\.python" r"hosted|index" r"-url", re.IGNORECASE)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    files = [ROOT / name for name in listed.split("\0") if name] or [*FILES, *OTHERS, ROOT / "pyproject.toml"]
    naming = [
        name_of(path)
        for path in files
        if path.is_file() and path != Path(__file__) and hosts.search(path.read_text(errors="replace"))
    ]
    assert naming == []


# -- as it runs ----------------------------------------------------------------------------------------------


def loaded(program: str) -> Iterator[set[str]]:
    """The top-level modules that are loaded at each `look()` of a program, which runs in a process of its own."""
    looking = "import sys\ndef look(): print('\\n@' + ' '.join(sys.modules), file=sys.stderr)\n"
    done = subprocess.run(
        [sys.executable, "-c", looking + program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    for line in done.stderr.splitlines():
        if line.startswith("@"):
            yield {top(module) for module in line[1:].split()}


def test_all_but_practice_loads_without_an_aws_library() -> None:
    names = [name for name in SOURCES if not name.startswith("flows.practice") and name != "tui.__main__"]
    program = f"import importlib\nfor name in {names!r}: importlib.import_module(name)\nlook()"
    (modules,) = loaded(program)
    assert {"flows", "tui"} <= modules
    assert modules & AWS_LIBRARIES == set()


def ran(main: str, *calls: list[str]) -> dict[str, set[str]]:
    """What is loaded after each of these command lines, one after the other in one process."""
    program = f"{main}\nfor words in {calls!r}:\n    try: main(words)\n    except SystemExit: pass\n    look()"
    return dict(zip(map(" ".join, calls), loaded(program), strict=True))


def test_what_is_known_by_heart_loads_no_library() -> None:
    by_words = "from tui.entry import main as entry\ndef main(words): sys.argv[1:] = words; entry()"
    for words, modules in ran(by_words, ["--version"], ["--help"], ["list"]).items():
        assert modules & (AWS_LIBRARIES | FRONT_ENDS | {"yaml"}) <= {"tui"}, words


def test_what_needs_no_account_loads_no_aws_library() -> None:
    calls = ["list", "--output", "json"], ["questions", "vpn"], ["graph", "vpn"], ["completion", "bash"]
    for words, modules in ran("from tui.cli.main import main", *calls).items():
        assert modules & (AWS_LIBRARIES | {"textual"}) == set(), words
