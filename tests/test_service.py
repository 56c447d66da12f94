"""What a service manager and scripts rely on: the systemd unit, and the list of exit codes."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from news.exit_codes import ExitCode

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_takes_the_unit_as_it_is(tmp_path: Path) -> None:
    unit = tmp_path / "newskeep.service"
    text = (ROOT / "docs" / "newskeep.service").read_text(encoding="utf-8")
    command = tmp_path / "newskeep" / ".venv" / "bin" / "newskeep"
    command.parent.mkdir(parents=True)
    command.symlink_to("/bin/true")
    unit.write_text(text.replace("/opt/newskeep", str(tmp_path / "newskeep")), encoding="utf-8")
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )

    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")


def test_readme_lists_every_exit_code_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    [listed] = re.findall(r"^Exit codes: (.+?)\. *\n", readme, re.MULTILINE | re.DOTALL)

    assert [int(code) for code in re.findall(r"(?:^|, )\s*(\d+) ", " ".join(listed.split()))] == list(ExitCode)


def test_the_schema_page_lists_each_exit_code() -> None:
    page = (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")
    table = page.partition("## Exit codes")[2].partition("\n## ")[0]

    assert [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == list(ExitCode)
