"""Make the pictures in this folder afresh, from the stories that the tests compare them with."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

if __name__ == "__main__":
    os.environ["MAKE_SCREENSHOTS"] = "1"
    pictures = str(ROOT / "tests/screen/test_pictures.py")
    sys.exit(pytest.main(["-q", "-m", "wild or not wild", "--rootdir", str(ROOT), pictures]))
