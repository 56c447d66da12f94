"""The drill in containers: the project's own image and docker-compose.yml, three workers, under docker or podman.

    python -m tests.e2e.drills.containers                  builds the image, plays the drill, checks the archive
    PYTHON_IMAGE=docker.io/library/python:3.11-slim-bookworm python -m tests.e2e.drills.containers --seed 7

The pretend web runs as one more container beside them, which the daemon finds under forty names.
"""

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.drills.drill import Report, Script, run, wait_for
from tests.e2e.drills.pretend_web import Web

ROOT = Path(__file__).parents[3]
IMAGE = "localhost/newskeep:drill"
PYTHON_IMAGES = ("docker.io/library/python:3.13-slim-bookworm", "docker.io/library/python:3.11-slim-bookworm")
WORKERS = 3
_STOP_SECONDS = 60
_BUILD_SECONDS = 480


class NoEngine(Exception):
    """No containers can be run here; the message says why."""


@dataclass(frozen=True, slots=True)
class Engine:
    """docker or podman, and what understands compose files for it."""

    name: str
    compose: tuple[str, ...]

    def run(self, *arguments: str, check: bool = True, **more: Any) -> subprocess.CompletedProcess[str]:
        """Run the engine's command and return its output. Raises CalledProcessError."""
        return _run([self.name, *arguments], check=check, **more)


def find_engine() -> Engine:
    """Return the engine that works here. Raises NoEngine with what is missing."""
    if shutil.which("docker") and _works("docker", "info") and _works("docker", "compose", "version"):
        return Engine("docker", ("docker", "compose"))
    if not shutil.which("podman"):
        raise NoEngine("neither a docker that answers nor podman is there")
    if not _works("podman", "info"):
        raise NoEngine("podman is there and does not work: podman info")
    if shutil.which("podman-compose"):
        return Engine("podman", ("podman-compose",))
    uv = Path(sys.executable).with_name("uv")
    if uv.exists() and _works(str(uv), "tool", "run", "podman-compose", "--version"):
        return Engine("podman", (str(uv), "tool", "run", "podman-compose"))
    raise NoEngine("podman is there and podman-compose is not: pip install podman-compose")


def build(engine: Engine) -> None:
    """Build the image from this checkout. Raises NoEngine when there is no base image to be had."""
    base = _base_image(engine)
    form = ["--format", "docker"] if engine.name == "podman" else []  # health checks are no part of the other form
    try:
        engine.run(
            "build", *form, "--network", "host", "--build-arg", f"PYTHON_IMAGE={base}", "--tag", IMAGE, str(ROOT),
            timeout=_BUILD_SECONDS,
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        raise AssertionError(f"the image cannot be built: {error.stderr[-2000:]}") from error


def _base_image(engine: Engine) -> str:
    wanted = [os.environ["PYTHON_IMAGE"]] if os.environ.get("PYTHON_IMAGE") else list(PYTHON_IMAGES)
    for name in wanted:
        if engine.run("image", "inspect", name, check=False).returncode == 0:
            return name
    for name in wanted:
        if engine.run("pull", "--quiet", name, check=False, timeout=120).returncode == 0:
            return name
    raise NoEngine(f"no base image: none of {', '.join(wanted)} is here or can be pulled")


class Containers:
    """A stage of containers. Use as a context manager: everything has been started inside, nothing is left after."""

    def __init__(self, engine: Engine, web: Web, *, every: str = "1m", delay: float = 0.6) -> None:
        self.web, self.engine = web, engine
        self.actors: list[str] = []
        self._toml = web.outlets_toml(every=every, delay=delay)
        self._project = f"newskeep-drill-{secrets.token_hex(3)}"
        self._scratch = Path(tempfile.mkdtemp(prefix="newskeep-drill-"))
        self._ids: dict[str, str] = {}

    def __enter__(self) -> "Containers":
        try:
            self._prepare()
            self._compose("up", "--detach", "--no-build", "db", "web")
            self._ids = {service: self._all(service)[0] for service in ("db", "web")}
            self._give_outlets()
            self._compose(
                "--profile", "scale", "up", "--detach", "--no-build", "--scale", f"worker={WORKERS}", "daemon", "worker"
            )
            self._ids["daemon"] = self._all("daemon")[0]
            self._ids |= {f"worker{number}": found for number, found in enumerate(self._all("worker"), 1)}
            self.actors = [name for name in self._ids if name not in ("db", "web")]
            assert len(self.actors) == WORKERS + 1, f"compose started {sorted(self._ids)}"
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        left = self._labelled("ps", "--all", "--quiet")
        if left:
            self.engine.run("rm", "--force", "--volumes", *left, check=False)
        self._compose("--profile", "scale", "down", "--volumes", "--timeout", "1", check=False)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def kill(self, actor: str) -> None:
        self.engine.run("kill", "--signal", "KILL", self._ids[actor], check=False)  # it may be down already

    def start(self, actor: str) -> None:
        self.engine.run("start", self._ids[actor])

    def stop_database(self) -> None:
        self.engine.run("stop", "--time", str(_STOP_SECONDS), self._ids["db"])

    def kill_database(self) -> None:
        self.kill("db")

    def start_database(self) -> None:
        self.start("db")

    def stop_all(self) -> float:
        with ThreadPoolExecutor(len(self.actors)) as pool:
            return max(pool.map(self._stop, self.actors))

    def _stop(self, actor: str) -> float:
        began = time.monotonic()
        self.engine.run("stop", "--time", str(_STOP_SECONDS), self._ids[actor])
        return time.monotonic() - began

    def ended(self) -> list[str]:
        return [actor for actor in self.actors if self._inspect(actor, "{{.State.Running}}") != "true"] + self.sick()

    def sick(self) -> list[str]:
        """Those whose health check fails, the compose file's own; podman runs it only when it is asked to."""
        return [actor for actor in ("db", *self.actors) if not self._is_well(actor)]

    def _is_well(self, actor: str) -> bool:
        if self.engine.name == "podman":
            return self.engine.run("healthcheck", "run", self._ids[actor], check=False).returncode == 0
        return self._inspect(actor, "{{.State.Health.Status}}") == "healthy"

    def _inspect(self, actor: str, form: str) -> str:
        return str(self.engine.run("inspect", "--format", form, self._ids[actor]).stdout.strip())

    def move_on(self) -> None:
        self.engine.run("kill", "--signal", "USR1", self._ids["web"])

    def number(self, query: str) -> int | None:
        command = ["psql", "--username", "newskeep", "--dbname", "newskeep", "-tAqc", query]
        answer = self.engine.run("exec", self._ids["db"], *command, check=False)
        return int(answer.stdout) if answer.returncode == 0 else None

    def problems(self, report: Report) -> tuple[bool, str]:
        """(whether all is well, what the checks say), from a container that sees what the daemon saw."""
        self.start_database()
        checked = self._in_web(
            "python",
            "-m",
            "tests.e2e.drills.checks",
            *_web_arguments(self.web),
            "--moved-on",
            report.moved_on.isoformat(),
        )
        return checked.returncode == 0, checked.stdout + checked.stderr

    def logs(self, actor: str, lines: int = 40) -> str:
        """Return the last lines that an actor has logged."""
        output = self.engine.run("logs", "--tail", str(lines), self._ids[actor], check=False)
        return output.stdout + output.stderr

    def one_off(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Return what the admin's `compose run --rm daemon ...` gives."""
        return self._compose("run", "--rm", "-T", "daemon", *arguments, check=False)

    def _prepare(self) -> None:
        """Write the compose override, the settings and the files of the web where another user may read them."""
        folder = self._scratch / "tests" / "e2e" / "drills"
        shutil.copytree(Path(__file__).parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
        for path in (self._scratch, *self._scratch.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        (self._scratch / "override.json").write_text(json.dumps(self._override()), encoding="utf-8")

    def _override(self) -> dict[str, Any]:
        private = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"
        own = {"image": IMAGE, "environment": {"NEWSKEEP_ALLOW_NETWORKS": private}}
        names = [self.web.host(number) for number in range(self.web.outlets)]
        web = {
            "image": IMAGE,
            "entrypoint": ["python", "-m", "tests.e2e.drills.pretend_web", *_web_arguments(self.web)],
            "working_dir": "/drill",
            "volumes": [f"{self._scratch}:/drill:ro", "data:/data"],
            "networks": {"default": {"aliases": names}},
            "environment": {
                "NEWSKEEP_DATABASE_URL": "postgresql://newskeep@db/newskeep",
                "PGPASSWORD": "${POSTGRES_PASSWORD}",
                "PYTHONPATH": "/drill",
            },
        }
        return {"services": {"daemon": own, "worker": own, "web": web}}

    def _give_outlets(self) -> None:
        self._in_web("sh", "-c", "cat > /data/outlets.toml", input=self._toml).check_returncode()

    def _in_web(self, *command: str, **more: Any) -> subprocess.CompletedProcess[str]:
        return self.engine.run("exec", "--interactive", self._ids["web"], *command, check=False, **more)

    def _all(self, service: str) -> list[str]:
        return self._labelled("ps", "--all", "--quiet", "--no-trunc", service=service)

    def _labelled(self, *command: str, **more: str) -> list[str]:
        """Return what the engine lists of this project."""
        labels = {"project": self._project, **more}.items()
        filters = [part for name, value in labels for part in ("--filter", f"label=com.docker.compose.{name}={value}")]
        return self.engine.run(*command, *filters).stdout.split()

    def _compose(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "POSTGRES_PASSWORD": "drill", "NEWSKEEP_CONTACT": "drill@example.org"}
        files = ["-f", str(ROOT / "docker-compose.yml"), "-f", str(self._scratch / "override.json")]
        command = [*self.engine.compose, "--project-name", self._project, *files, *arguments]
        return _run(command, check=check, env=environ, timeout=300)


def _web_arguments(web: Web) -> list[str]:
    return [
        "--hosts", web.hosts, "--port", str(web.port), "--outlets", str(web.outlets),
        "--articles", str(web.articles), "--seed", str(web.seed),
    ]  # fmt: skip


def _works(*command: str) -> bool:
    try:
        return _run(command, check=False, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _run(command: Sequence[str], *, check: bool, **more: Any) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if check and done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return done


def play(stage: Containers, script: Script) -> tuple[Report, bool, str]:
    """Return what happened, whether all is well afterwards, and what the checks say. Raises NotInTime."""
    wait_for(lambda: not stage.sick(), lambda: f"unhealthy: {', '.join(stage.sick())}", script)
    report = run(stage, script)
    return report, *stage.problems(report)


def main() -> None:
    parser = argparse.ArgumentParser(description="The daemon, its database and three workers in containers, killed.")
    parser.add_argument("--outlets", type=int, default=40)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database-down", type=float, default=30.0, metavar="SECONDS")
    parser.add_argument("--no-build", action="store_true", help=f"take {IMAGE} as it is")
    given = parser.parse_args()
    engine = find_engine()
    if not given.no_build:
        build(engine)
    web = Web("outlet-{}.test", 8080, given.outlets, seed=given.seed)
    script = Script(given.seed, given.kills, database_down=given.database_down)
    with Containers(engine, web) as stage:
        try:
            report, well, output = play(stage, script)
        except BaseException:
            for actor in stage.actors:
                print(f"--- {actor}\n{stage.logs(actor)}", file=sys.stderr)
            raise
    print(f"{report.seconds:.0f} s, stopped in {report.stopping:.1f} s\n{output}")
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
