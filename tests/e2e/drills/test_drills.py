"""Killed at random, nothing is lost, nothing is stored twice, no outlet is crawled twice at once, the books balance."""

from pathlib import Path

import pytest

from tests.e2e.drills import containers, processes
from tests.e2e.drills.containers import Containers, NoEngine
from tests.e2e.drills.drill import Script
from tests.e2e.drills.pretend_web import Web
from tests.e2e.drills.processes import Processes, free_port

pytestmark = pytest.mark.drill


def test_plain_processes_survive_the_drill(tmp_path: Path) -> None:
    web = Web("127.0.1.{}", free_port(), outlets=40)
    script = Script(kills=6, pause=(2, 4), down=(0, 2), database_down=5)
    with Processes(tmp_path / "stage", web) as stage:
        report, wrong, figures = processes.play(stage, script)

    assert wrong == [], (report, figures)
    assert report.missed(stage) == []
    assert figures["interrupted"] > 0, "nothing was hit that mattered: the drill shows nothing"
    assert report.stopping < 15  # ten seconds and a start that is still going on


def test_containers_survive_the_drill() -> None:
    try:
        engine = containers.find_engine()
        containers.build(engine)
    except NoEngine as missing:
        pytest.skip(str(missing))
    with Containers(engine, Web("outlet-{}.test", 8080)) as stage:
        one_off = stage.one_off("crawl", "outlet1", "--json")
        report, well, output = containers.play(stage, Script(kills=6, pause=(3, 8), down=(0, 5)))

    assert one_off.returncode in (0, 7), one_off.stderr  # 7: the daemon is at it
    assert well, (output, report)
    assert report.missed(stage) == []
    assert report.stopping < 20
