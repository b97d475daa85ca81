"""What the buildspec's last commands do, run by a shell: an `aws` that answers and notes what it is asked for."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jmespath
import pytest

from flows.spa_pipeline import build

NOW = datetime.now(UTC)
FAKE = """#!/bin/sh
echo "$*" >> "$NOTED"
case "$*" in
  *list-objects-v2*) cat "$LISTED";;
  *"s3 rm"*) exit "$REFUSES";;
esac
"""


def uploaded(**days: float) -> dict[str, str]:
    """Files → when they were uploaded, from how many days ago that was."""
    return {
        name.replace("__", "/") + ".js": (NOW - timedelta(days=ago)).strftime("%Y-%m-%dT%H:%M:%S+00:00")
        for name, ago in days.items()
    }


def removed(
    tmp_path: Path, files: dict[str, str], current: tuple[str, ...] = (), shell: str = "sh", refuses: int = 0,
    live: float | None = 1,
) -> set[str]:  # fmt: skip
    """What is deleted of the files in the bucket, where a build left those that are current; `refuses` is the code with
    which `aws` ends then. The page that was there is so many days old, if there was one."""
    site, binaries = tmp_path / "dist", tmp_path / "bin"
    binaries.mkdir()
    (binaries / "aws").write_text(FAKE)
    (binaries / "aws").chmod(0o755)
    for each in current:
        (site / each).parent.mkdir(parents=True, exist_ok=True)
        (site / each).touch()
    limit = (NOW - timedelta(days=build.DAYS)).strftime("%Y-%m-%dT%H:%M:%S")
    contents = {"Contents": [{"Key": key, "LastModified": when} for key, when in files.items()]}
    rows = jmespath.search(f"Contents[?LastModified<'{limit}'].[LastModified,Key]", contents)
    listed = tmp_path / "listed"
    listed.write_text("\n".join("\t".join(row) for row in rows) + "\nNone\n")
    noted = tmp_path / "noted"
    surroundings = {
        "PATH": f"{binaries}:{os.environ['PATH']}", "NOTED": str(noted), "LISTED": str(listed),
        "SITE_DIR": str(site), "SITE_BUCKET": "shop", "REFUSES": str(refuses),
    }  # fmt: skip
    (tmp_path / "live").write_text(f"{'None' if live is None else uploaded(page=live)['page.js']}\n")
    script = "\n".join(build.forget()).replace("/tmp/", f"{tmp_path}/")
    subprocess.run([shell, "-c", script], env=surroundings, check=True, timeout=20)
    lines = noted.read_text().splitlines()
    asked = datetime.fromisoformat(lines[0].partition("LastModified<'")[2][:19] + "+00:00")
    assert abs(asked - (NOW - timedelta(days=build.DAYS))) < timedelta(hours=1)
    return {line.removeprefix("s3 rm s3://shop/") for line in lines if line.startswith("s3 rm ")}


def test_what_was_in_use_until_now_stays_however_old_it_is(tmp_path: Path) -> None:
    """A page stood for two months, and is delivered twice in five minutes: who has it open still finds all of it."""
    assert removed(tmp_path, uploaded(assets__a=60, assets__b=0.003, assets__c=0), ("assets/c.js",)) == set()


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_what_was_out_of_use_a_month_ago_goes(tmp_path: Path, shell: str) -> None:
    files = uploaded(assets__a=90, main__b=60, chunk_c=60.01, assets__d=40, e=10)
    assert removed(tmp_path, files, ("e.js",), shell) == {"assets/a.js", "main/b.js", "chunk_c.js"}


def test_what_the_build_still_has_stays(tmp_path: Path) -> None:
    assert removed(tmp_path, uploaded(old=90, kept=90, newer=40), ("kept.js",)) == {"old.js"}


def test_the_page_that_is_open_keeps_its_files_whatever_was_uploaded_since(tmp_path: Path) -> None:
    """Somebody's catalogue, which no build brings and none deletes, is newer than they are."""
    files = uploaded(assets__older=90, assets__a=60, assets__catalogue=40)
    assert removed(tmp_path, files, live=60) == {"assets/older.js"}


def test_where_no_page_was_nothing_is_deleted(tmp_path: Path) -> None:
    assert removed(tmp_path, uploaded(old=90, newer=40), live=None) == set()


def test_the_time_of_the_page_is_noted_before_it_is_another() -> None:
    lines = build.buildspec("x", "22", invalidate=False).splitlines()
    noted = next(line for line in lines if "> /tmp/live" in line)
    uploads = next(line for line in lines if 'cp "$SITE_DIR/index.html"' in line)
    assert lines.index(noted) < lines.index(uploads)
    query = noted.replace("''", "'").partition('--query "')[2].partition('"')[0]
    pages = {"Contents": [{"Key": "index.html", "LastModified": "now"}, {"Key": "index.html.old"}]}
    assert jmespath.search(query, pages) == ["now"]


def test_many_go_over_several_builds_as_one_has_twenty_minutes(tmp_path: Path) -> None:
    files = uploaded(**{f"old{each}": 90 for each in range(build.AT_ONCE + 50)}, newer=40)
    assert len(removed(tmp_path, files)) == build.AT_ONCE


def test_what_cannot_be_deleted_fails_no_delivery(tmp_path: Path) -> None:
    assert removed(tmp_path, uploaded(newer=40, old=90), refuses=1) == {"old.js"}


def test_nothing_is_old(tmp_path: Path) -> None:
    assert removed(tmp_path, uploaded(a=3)) == set()


def test_scripts_and_styles_of_earlier_builds_are_not_deleted_at_once() -> None:
    (deleting,) = [line for line in build.buildspec("x", "22", invalidate=True).splitlines() if "--delete" in line]
    for each in ("assets/*", "_nuxt/*", "*.js", "*.css"):
        assert f'--exclude "{each}"' in deleting
