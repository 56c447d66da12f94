"""The example notebooks run offline, from top to bottom, on the archive of the tour."""

import json
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from cli.demo.site import open_site
from cli.demo.tour import Tour, data_folder

NOTEBOOKS = Path(__file__).resolve().parent.parent / "docs" / "notebooks"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the dataset that the notebooks want, of the tour's archive."""
    folder = tmp_path_factory.mktemp("notebooks")
    with data_folder(keep=False) as terminal, open_site() as site:
        Tour(site, terminal, quiet=True).take()
        terminal.run("export", "--all", "--revisions", "--stories", "--into", str(folder / "dataset"))
    return folder


def printed_by(notebook: str, folder: Path) -> str:
    """Run the code cells in one namespace, as a kernel does, and return what they print."""
    cells = json.loads((NOTEBOOKS / notebook).read_text(encoding="utf-8"))["cells"]
    names: dict[str, object] = {}
    with chdir(folder), redirect_stdout(StringIO()) as printed:
        for cell in cells:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), notebook, "exec"), names)
    return printed.getvalue()


@pytest.mark.slow
def test_attention_shows_days_words_copies_and_gaps(folder: Path) -> None:
    printed = printed_by("attention.ipynb", folder)

    assert "tagblatt       1 of   5 articles name “brücke” (20 %)" in printed
    assert "Metaller einigen sich" in printed
    assert "days_without" in printed


@pytest.mark.slow
def test_changes_shows_what_the_outlets_edited(folder: Path) -> None:
    printed = printed_by("changes.ipynb", folder)

    assert "  - Zugunglück bei Marbach: Zwei Verletzte nach Entgleisung\n  + Zugunglück bei Marbach: Elf" in printed
    assert "  - 2\n  + 11\n" in printed
