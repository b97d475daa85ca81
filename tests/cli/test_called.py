"""Whoever began Handrail by more than its name is shown commands that can be typed there, in every face."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.runs import draft
from support.terminal import ROOT

from flows.engine import Journal, Refused
from tui import called, history, words
from tui.copying import taken
from tui.screen.screens.page import Say
from tui.screen.widgets.lines import Lines, Said


def begun(folder: Path, *given: str, path: str = "/usr/bin:/bin") -> subprocess.CompletedProcess[str]:
    """Handrail as `make practice` begins it: by its place in a folder of its own."""
    script = folder / ".venv" / "bin" / "handrail"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(f"#!{sys.executable}\nfrom tui.entry import main\nmain()\n")
    script.chmod(0o755)
    env = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [".venv/bin/handrail", *given], cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_command_that_is_shown_works_where_it_is_shown(tmp_path: Path, journal: Journal) -> None:
    run = draft(journal, name="berlin")
    shown = begun(tmp_path, "runs", run.id).stdout.splitlines()[-1]
    assert shown == f"Go on with: .venv/bin/handrail resume {run.id}"
    assert taken(shown) == f".venv/bin/handrail resume {run.id}"
    assert "`.venv/bin/handrail runs` lists them." in begun(tmp_path, "runs", "vpn-none").stderr
    assert ": .venv/bin/handrail runs RUN --look" in begun(tmp_path, "runs", "--look").stderr


def test_by_its_name_where_the_path_leads_to_it(tmp_path: Path, journal: Journal) -> None:
    run, path = draft(journal, name="berlin"), f"{tmp_path}/.venv/bin:/usr/bin:/bin"
    begun(tmp_path)
    assert begun(tmp_path, "runs", run.id, path=path).stdout.endswith(f"Go on with: handrail resume {run.id}\n")


def test_documents_are_for_others_and_keep_the_name(tmp_path: Path) -> None:
    told = json.loads(begun(tmp_path, "runs", "vpn-none", "--output", "json").stdout)
    assert told["error"]["remedy"] == "`handrail runs` lists them."


def test_what_is_wrong_keeps_it_until_it_is_shown(
    monkeypatch: pytest.MonkeyPatch, journal: Journal, tmp_path: Path
) -> None:
    """The document says `handrail`, and words say what has to be typed."""
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setattr(sys, "argv", [".venv/bin/handrail"])
    called.called.cache_clear()
    try:
        run = draft(journal, name="berlin")
        run.set_status("failed")
        with pytest.raises(Refused) as refused:
            history.delete(journal, run)
        assert refused.value.remedy == f"Take it back: handrail undo {run.id}"
        assert f"Take it back: .venv/bin/handrail undo {run.id}" in words.problem(refused.value)
    finally:
        called.called.cache_clear()


@pytest.mark.parametrize(
    ("argument", "program"),
    [
        ("handrail", "handrail"),
        ("/home/kim/my tools/handrail", "'/home/kim/my tools/handrail'"),
        ("handrail-0.1.0.pyz", f"{Path(sys.executable).name} handrail-0.1.0.pyz"),
        ("tui/__main__.py", "handrail"),
    ],
)
def test_every_screen_says_it_so(argument: str, program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setattr(sys, "argv", [argument])
    called.called.cache_clear()
    try:
        assert words.undo("vpn-1") == f"{program} undo vpn-1"
        assert Say("Later: handrail resume vpn-1").said == f"Later: {program} resume vpn-1"
        rows = [Said("`handrail check vpn` tells."), Said("handrail undo vpn-1", kind="code"), Said("handrail:run")]
        assert Lines(rows).texts[1::2] == [f"`{program} check vpn` tells.", "handrail undo vpn-1", "handrail:run"]
        assert called.as_called(words.undo("vpn-1")) == words.undo("vpn-1"), "said twice, it is the same"
    finally:
        called.called.cache_clear()
