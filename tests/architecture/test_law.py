"""The law of the two packages: which way imports go, read from the source and watched while it runs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import flows

ROOT = Path(__file__).parents[2]
AWS_LIBRARIES = {"boto3", "botocore", "moto", "s3transfer", "awscrt"}
FRONT_ENDS = {"textual", "rich", "questionary", "prompt_toolkit", "click", "tui"}
SOURCES = sorted(path for package in ("flows", "tui") for path in (ROOT / package).rglob("*.py"))
SET_UPS = [path for name in flows.SET_UPS for path in sorted((ROOT / "flows" / name).rglob("*.py"))]
OTHERS = [
    path
    for folder in ("tests", "benchmarks", "screenshots")
    for path in (ROOT / folder).rglob("*.py")
]  # fmt: skip


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every module that a file imports, anywhere in it, and whether that is for the type checker alone."""
    module = path.relative_to(ROOT).with_suffix("").parts
    package = module[:-1]
    tree = ast.parse(path.read_text())
    typing = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node in typing) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base, node in typing
            yield from ((f"{base}.{alias.name}", node in typing) for alias in node.names)


def top(module: str) -> str:
    return module.partition(".")[0]


def within(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


# -- as it is written ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [p for p in SOURCES if within(name_of(p).replace("/", "."), "tui")], ids=name_of)
def test_what_people_see_never_imports_an_aws_library(path: Path) -> None:
    assert {module for module, _ in imports(path) if top(module) in AWS_LIBRARIES} == set()


@pytest.mark.parametrize("path", [p for p in SOURCES if within(name_of(p).replace("/", "."), "flows")], ids=name_of)
def test_what_handrail_knows_never_imports_a_front_end(path: Path) -> None:
    assert {module for module, _ in imports(path) if top(module) in FRONT_ENDS} == set()


@pytest.mark.parametrize("path", [p for p in SOURCES if within(name_of(p).replace("/", "."), "flows")], ids=name_of)
def test_only_the_door_and_practice_say_botocore(path: Path) -> None:
    door = {f"flows/engine/{name}.py" for name in ("boto", "device_code", "endpoints", "profiles", "sign_in")}
    if name_of(path) in door or "practice" in path.parts:
        return
    assert {module for module, _ in imports(path) if top(module) in AWS_LIBRARIES} == set()


@pytest.mark.parametrize("path", SET_UPS, ids=name_of)
def test_a_set_up_knows_the_engine_the_services_and_itself(path: Path) -> None:
    own = f"flows.{path.relative_to(ROOT).parts[1]}"
    for module, _ in imports(path):
        known = within(module, "flows.engine", "flows.aws", "flows.policies", own) or module == "flows"
        assert known or top(module) in sys.stdlib_module_names, module


def test_every_set_up_that_is_written_is_listed() -> None:
    declaring = {
        path.parent.name
        for path in (ROOT / "flows").glob("*/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Flow" for base in node.bases)
    }
    assert declaring == set(flows.SET_UPS)


@pytest.mark.parametrize("path", [p for p in SOURCES if "flows/aws/" in name_of(p)], ids=name_of)
def test_what_can_be_done_knows_only_the_engine_and_how_policies_are_read(path: Path) -> None:
    for module, _ in imports(path):
        known = within(module, "flows.engine", "flows.aws", "flows.policies")
        assert known or top(module) in sys.stdlib_module_names, module


@pytest.mark.parametrize("path", [p for p in SOURCES if "flows/engine/" in name_of(p)], ids=name_of)
def test_the_machine_knows_no_set_up_no_service_and_no_practice(path: Path) -> None:
    for module, _ in imports(path):
        if top(module) == "flows":
            assert within(module, "flows.engine", "flows.place", "flows.policies", "flows.version"), module


@pytest.mark.parametrize("path", [p for p in SOURCES if "flows/export/" in name_of(p)], ids=name_of)
def test_readers_of_a_plan_know_only_the_plan(path: Path) -> None:
    for module, _ in imports(path):
        if top(module) == "flows":
            assert within(module, "flows.engine", "flows.export", "flows.policies"), module


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_every_module_says_what_it_is(path: Path) -> None:
    text = path.read_text()
    assert not text.strip() or ast.get_docstring(ast.parse(text)), "it has no docstring"


@pytest.mark.parametrize("path", [*SOURCES, *OTHERS], ids=name_of)
def test_nothing_is_left_for_later(path: Path) -> None:
    marks = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
    assert marks.findall(path.read_text()) == []


def test_files_are_written_in_one_place() -> None:
    """Whatever else opens one for writing would follow links, or write half of it. The journal and the practice
    account have files of their own, in our folder."""
    writing = re.compile(
        r"O_CREAT|O_TRUNC|O_APPEND|write_text|write_bytes|\.touch\(|mkstemp|NamedTemp|copyfile"
        r"""|open\([^)]*["'][wax+]+[bt+]*["']"""
    )
    places = {name_of(path) for path in SOURCES if writing.search(path.read_text())}
    assert places == {"flows/engine/files.py", "flows/engine/journal.py", "flows/practice/diary.py"}


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


@pytest.mark.parametrize("path", [p for p in SOURCES if name_of(p) not in PROGRAM], ids=name_of)
def test_a_command_for_people_is_made_where_words_are_quoted(path: Path) -> None:
    """Names are other people's: `flows.engine.shell` puts a whole command together, never a text with gaps."""
    said = ast.walk(ast.parse(path.read_text()))
    made = (texts(node) for node in said if isinstance(node, ast.JoinedStr | ast.BinOp | ast.Call))
    assert [text for text in made if PASTED.search(text)] == []


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


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_value_is_checked_by_an_assertion(path: Path) -> None:
    """`python -O` leaves assertions out; what is said, read or answered is refused with a sentence."""
    said = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Assert))
    assert [ast.unparse(each) for each in said if not narrows(each.test)] == []


def test_no_file_names_where_packages_are_fetched_from() -> None:
    """That is the business of whoever builds this."""
    hosts = re.compile("pypi" r"\.(org|python\.org)|files\.python" r"hosted|index" r"-url", re.IGNORECASE)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    files = [ROOT / name for name in listed.split("\0") if name] or [*SOURCES, *OTHERS, ROOT / "pyproject.toml"]
    naming = [
        name_of(path)
        for path in files
        if path.is_file() and path != Path(__file__) and hosts.search(path.read_text(errors="replace"))
    ]
    assert naming == []


# -- as it runs ----------------------------------------------------------------------------------------------


def loaded(program: str) -> set[str]:
    """The top-level modules that are loaded after a program ran in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport sys\nprint('\\n' + ' '.join(sys.modules), file=sys.stderr)"],
        capture_output=True, text=True, cwd=ROOT, check=True,
    )  # fmt: skip
    return {top(module) for module in done.stderr.splitlines()[-1].split()}


def test_all_of_flows_loads_without_a_front_end() -> None:
    program = (
        "import importlib, pkgutil, flows\n"
        "for found in pkgutil.walk_packages(flows.__path__, 'flows.'): importlib.import_module(found.name)"
    )
    modules = loaded(program)
    assert "flows" in modules
    assert modules & FRONT_ENDS == set()


def test_the_set_ups_and_the_engine_load_without_an_aws_library() -> None:
    assert loaded("import flows; flows.every()") & AWS_LIBRARIES == set()


def test_all_of_tui_loads_without_an_aws_library() -> None:
    program = (
        "import importlib, pkgutil, tui\n"
        "for found in pkgutil.walk_packages(tui.__path__, 'tui.'):\n"
        "    if not found.name.endswith('__main__'): importlib.import_module(found.name)"
    )
    modules = loaded(program)
    assert "tui" in modules
    assert modules & AWS_LIBRARIES == set()


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["list"]], ids=" ".join)
def test_what_is_known_by_heart_loads_no_library(words: list[str]) -> None:
    modules = loaded(
        f"import sys; sys.argv[1:] = {words!r}\nfrom tui.entry import main\ntry: main()\nexcept SystemExit: pass"
    )
    assert modules & (AWS_LIBRARIES | FRONT_ENDS) <= {"tui"}
    assert "yaml" not in modules


@pytest.mark.parametrize(
    "words",
    [["list", "--output", "json"], ["questions", "vpn"], ["graph", "vpn"], ["completion", "bash"], ["run", "vpn"]],
    ids=" ".join,
)
def test_what_needs_no_account_loads_no_aws_library(words: list[str]) -> None:
    modules = loaded(f"from tui.cli.main import main\ntry: main({words!r})\nexcept SystemExit: pass")
    assert modules & (AWS_LIBRARIES | {"textual"}) == set()
