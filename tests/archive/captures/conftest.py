"""The data folder that tests of captures start from."""

from pathlib import Path

import pytest

from archive.home import Home
from tests.archive.captures.responses import make_home


@pytest.fixture
def folder(tmp_path: Path) -> Home:
    """Return a data folder without a database."""
    return make_home(tmp_path)
