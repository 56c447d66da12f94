#!/usr/bin/env python3
"""Make .venv with the packages of requirements.lock, by hash, and the `newskeep` command. `make setup` runs it.

Needs Python 3.11 to 3.13 only: no pip, no venv module, no git, no root. Changes nothing outside this folder. uv does
the work; if it is missing, pip fetches the uv of requirements.lock; if pip is missing too, Debian's package of pip is
unpacked into a temporary folder.

Uses the syntax of Python 3.7, so that an older Python can print that it is too old.
"""

from __future__ import annotations

import configparser
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
READY = VENV / ".ready"
LOCK = ROOT / "requirements.lock"
OLDEST, NEWEST = (3, 11), (3, 13)
# Debian's, Alpine's and Arch's place, and Fedora's.
SYSTEM_CERTIFICATES = (Path("/etc/ssl/certs/ca-certificates.crt"), Path("/etc/pki/tls/certs/ca-bundle.crt"))

# uv does not read pip's configuration, so it gets pip's settings under its own names.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "proxy": "ALL_PROXY",
    "cert": "SSL_CERT_FILE",
}


class SetupError(Exception):
    """A failure of setup; the message says what to do."""


def main() -> int:
    """Make or repair .venv; the exit code is 0 if it is ready."""
    try:
        make_environment()
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"setup: this failed, its own words are above: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return 1
    print("setup: ready. The command is .venv/bin/newskeep", file=sys.stderr)
    return 0


def make_environment() -> None:
    """Fill .venv and put the stamp in it that `make` compares with the lock."""
    environ = {**uv_settings(pip_settings(os.environ)), **os.environ}
    environ.pop("VIRTUAL_ENV", None)
    # The hash decides which file is right, so any index may serve it, not only the first that knows the name.
    environ.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    for certificates in filter(Path.exists, SYSTEM_CERTIFICATES):  # uv has its own and would miss a company's
        environ.setdefault("SSL_CERT_FILE", str(certificates))
    if READY.exists():
        READY.unlink()
    with tempfile.TemporaryDirectory(prefix="newskeep-setup-") as scratch:
        python = find_python()
        uv = find_uv(python, Path(scratch), environ)
        if not usable(VENV / "bin" / "python"):
            run([uv, "venv", "--quiet", "--clear", "--python", python, VENV], environ)
        # compiled now: where Python may not write bytecode, each start would compile everything again
        into = ["--quiet", "--compile-bytecode", "--python", VENV / "bin" / "python"]
        run([uv, "pip", "sync", *into, "--require-hashes", LOCK], environ)
        run([uv, "pip", "install", *into, "--no-deps", "--no-build-isolation", "--editable", ROOT], environ)
    run([VENV / "bin" / "python", "-m", "compileall", "-q", *own_packages()])
    READY.touch()


def own_packages() -> list[Path]:
    """Return the folders of our own packages, which stay where they are."""
    return sorted(init.parent for init in ROOT.glob("*/__init__.py"))


def run(command: list[Any], environ: Mapping[str, str] | None = None, **options: Any) -> CompletedProcess[str]:
    """Run *command* to its end; raises CalledProcessError when it fails."""
    return subprocess.run([str(part) for part in command], env=environ, check=True, **options)


# --- a Python of the right age


def find_python() -> str:
    """Return the path of a Python that Newskeep runs on; raises SetupError when there is none."""
    names = ["python3"] + [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    for candidate in [sys.executable, *map(shutil.which, names)]:
        if candidate and usable(Path(candidate)):
            return candidate
    found = f"{sys.version_info[0]}.{sys.version_info[1]}"
    raise SetupError(
        f"Newskeep needs Python 3.11, 3.12 or 3.13; python3 is {found} and no other was found. "
        "Debian 12 has 3.11 and Debian 13 has 3.13: apt-get install python3"
    )


def usable(python: Path) -> bool:
    """Return whether *python* starts and is of a supported version."""
    try:
        answer = subprocess.run(
            [str(python), "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True, check=True
        )
        return OLDEST <= tuple(map(int, answer.stdout.split())) <= NEWEST
    except (OSError, ValueError, subprocess.CalledProcessError):
        return False


# --- uv


def find_uv(python: str, scratch: Path, environ: dict[str, str]) -> Path:
    """Return the path of a uv that starts: the one on PATH, the one in .venv, or one that pip brings into *scratch*."""
    for candidate in [shutil.which("uv"), VENV / "bin" / "uv"]:
        if candidate and works([candidate, "--version"]):
            return Path(candidate)
    tried = []
    for name, find_pip in PIPS.items():
        try:
            return fetch_uv(find_pip(python, scratch), scratch, environ)
        except (SetupError, OSError, IndexError, subprocess.CalledProcessError) as error:
            tried.append(f"  {name}: {reason(error)}\n")
    raise SetupError(
        f"uv is not here and could not be fetched with\n{''.join(tried)}"
        "Install uv in any way you like, or as root `apt-get install python3-venv`, then run `make setup` again."
    )


def fetch_uv(pip: list[Any], scratch: Path, environ: dict[str, str]) -> Path:
    """Let *pip* install the uv that the lock names into *scratch*; returns its path."""
    system_certificates(pip, scratch, environ)
    (scratch / "uv.lock").write_text(locked("uv"), encoding="utf-8")
    target = scratch / "uv"
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--target", target]
    environ.setdefault("PIP_ROOT_USER_ACTION", "ignore")  # nothing goes into the system
    run([*pip, "install", *options, "-r", scratch / "uv.lock"], environ)
    return target / "bin" / "uv"


def locked(name: str) -> str:
    """Return the lines of the lock that pin the package *name*."""
    found = re.search(rf"^{re.escape(name)}==.*(?:\n .*)*", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise SetupError(f"{LOCK.name} does not name {name}")
    return found[0] + "\n"


def works(command: list[Any]) -> bool:
    """Return whether *command* succeeds; its output is not shown."""
    try:
        return run(command, capture_output=True).returncode == 0
    except (OSError, subprocess.CalledProcessError):
        return False


def reason(error: Exception) -> str:
    """Return the last line that a failed command left, or the text of the error."""
    said = (getattr(error, "stderr", None) or "").strip().splitlines()
    return said[-1] if said else str(error)


# --- pip, in the order of the search


def pip_of_python(python: str, _scratch: Path) -> list[Any]:
    """Return the command that runs this Python's own pip."""
    run([python, "-m", "pip", "--version"], capture_output=True, text=True)
    return [python, "-m", "pip"]


def pip_of_venv(python: str, scratch: Path) -> list[Any]:
    """Return the same for the pip that comes with a new virtual environment."""
    run([python, "-m", "venv", scratch / "venv"], capture_output=True, text=True)
    return [scratch / "venv" / "bin" / "python", "-m", "pip"]


def pip_of_debian(python: str, scratch: Path) -> list[Any]:
    """Return the same for the pip in Debian's package python3-pip-whl, which needs no root to fetch and unpack."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise SetupError("not a Debian or Ubuntu")
    apt = ["apt-get", "-qq", *own_state(scratch)]
    run([*apt, "update"], capture_output=True, text=True)
    run([*apt, "download", "python3-pip-whl"], cwd=str(scratch), capture_output=True, text=True)
    run(["dpkg-deb", "-x", glob.glob(str(scratch / "python3-pip-whl*.deb"))[0], scratch / "debian"])
    wheel = glob.glob(str(scratch / "debian/usr/share/python-wheels/pip-*.whl"))[0]
    return [python, f"{wheel}/pip"]  # a wheel is an archive that Python can run


def own_state(scratch: Path) -> list[str]:
    """Return options that let apt-get work without root: its lists and cache in *scratch*."""
    for folder in ("lists/partial", "cache/archives/partial"):
        (scratch / "apt" / folder).mkdir(parents=True)
    return [
        f"-oDir::State::lists={scratch}/apt/lists",
        f"-oDir::Cache={scratch}/apt/cache",
        "-oAPT::Sandbox::User=",  # as root, too, apt-get writes there itself
    ]


def system_certificates(pip: list[Any], scratch: Path, environ: dict[str, str]) -> None:
    """Debian's pip trusts the system's certificates only; where there are none, let it use those in its own wheel."""
    wheel = Path(str(pip[-1])).parent
    if wheel.suffix != ".whl" or SYSTEM_CERTIFICATES[0].exists() or "PIP_CERT" in environ:
        return
    with zipfile.ZipFile(wheel) as archive:
        environ["PIP_CERT"] = archive.extract("pip/_vendor/certifi/cacert.pem", str(scratch))


PIPS: dict[str, Callable[[str, Path], list[Any]]] = {
    "this Python's pip": pip_of_python,
    "the pip of a new virtual environment": pip_of_venv,
    "Debian's python3-pip-whl": pip_of_debian,
}


# --- pip's configuration, for uv


def pip_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what pip's files and environment say, by pip's names; a later file wins, the environment over all."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read(pip_files(environ), encoding="utf-8")
    except configparser.Error as error:
        raise SetupError(f"pip's configuration cannot be read: {error}") from error
    settings = {}
    for section in ("global", "install"):
        if parser.has_section(section):
            settings.update({name.replace("_", "-"): value for name, value in parser.items(section)})
    for name, value in environ.items():
        if name.startswith("PIP_"):
            settings[name[4:].lower().replace("_", "-")] = value
    return {name: value.strip() for name, value in settings.items() if value.strip()}


def pip_files(environ: Mapping[str, str]) -> list[Path]:
    """Return where pip looks for its configuration on Linux and macOS, weakest first."""
    home = Path(environ.get("HOME") or "/")
    named = environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return []
    system = [Path(folder) / "pip/pip.conf" for folder in (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")]
    user = [home / ".pip/pip.conf", Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip/pip.conf"]
    return [*system, Path("/etc/pip.conf"), *user, *([Path(named)] if named else [])]


def uv_settings(pip: Mapping[str, str]) -> dict[str, str]:
    """Return the same settings as environment variables that uv reads."""
    settings = {UV_NAMES[name]: " ".join(value.split()) for name, value in pip.items() if name in UV_NAMES}
    if "UV_FIND_LINKS" in settings:
        settings["UV_FIND_LINKS"] = settings["UV_FIND_LINKS"].replace(" ", ",")
    if settings.get("UV_NO_INDEX", "").lower() in ("0", "false", "no", "off"):
        del settings["UV_NO_INDEX"]
    return settings


if __name__ == "__main__":
    sys.exit(main())
