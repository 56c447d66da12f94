"""Ask the advisory service about the pinned dependencies: `make audit`.

Exit code 1 for a known fault. When the service cannot be reached, it says so and ends with 0: no change is at fault.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (
    ".venv/bin/uv", "run", "--quiet", "--no-project", "--with", "pip-audit", "pip-audit", "--format", "json",
    "--disable-pip", "--require-hashes", "--requirement", "requirements.lock", "--timeout", "30",
)  # fmt: skip


def main() -> int:
    try:
        done = subprocess.run(COMMAND, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240)
        output, problem = done.stdout, done.stderr
    except (OSError, subprocess.TimeoutExpired) as error:
        output, problem = "", str(error)
    code, lines = verdict(output, problem)
    print("\n".join(lines))
    return code


def verdict(output: str, problem: str) -> tuple[int, list[str]]:
    """Return the exit code and what to print for pip-audit's output; *problem* is its standard error."""
    try:
        packages = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        reason = (problem.strip().splitlines() or ["no answer"])[-1]
        return 0, [f"audit: NOT CHECKED, the advisory service cannot be reached: {reason}"]
    faults = [
        f"{package['name']} {package['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or '-'}"
        for package in packages
        for fault in package.get("vulns", ())
    ]
    return bool(faults), faults or [f"audit: no known fault in {len(packages)} packages"]


if __name__ == "__main__":
    sys.exit(main())
