"""The rounds of a daemon that leads: outlets.toml to the timetable, due turns to the queue, dead processes reaped."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine

from archive.alerts import end_alert, open_alert
from archive.conflicts import retry_conflicts
from archive.home import Home
from archive.remembered_lines import forget_lines
from archive.removal.removal import finish_removals
from archive.removal.retention import remove_expired
from archive.verify.check import Scope
from archive.verify.run import DailyCheck
from crawler.engine import require_contact
from crawler.outlets.file import OutletsFile
from news.errors import NewsError, SettingError
from news.health.reported import OUTLETS_FILE, OUTLETS_SUBJECT
from scheduler.backups import back_up, backup_is_due
from scheduler.leader import ROUND_SECONDS, Leader
from scheduler.learning import learn_rhythms
from scheduler.liveness import Liveness
from scheduler.monitor.health_rounds import HealthRounds
from scheduler.outages import PROBE_SECONDS, PROBES, is_offline
from scheduler.outlets_watch import OutletsWatch
from scheduler.processes import SCHEDULER, beat, delete_old_processes, own_memory, record_stop, register
from scheduler.queue import Queue
from scheduler.reaper import reap_silent
from scheduler.round_timer import RoundTimer, Work
from scheduler.turn_queries import all_turns, requeue_lost
from scheduler.turns import AT_ONCE, offer_due, put_on_timetable

logger = logging.getLogger(__name__)

_PLAN_SECONDS = 600.0  # between two plans when nothing has changed
_VERIFY_SECONDS = 300.0  # of an hour, at most


class Scheduler:
    """One daemon's part in scheduling; while another daemon leads, it only watches outlets.toml."""

    def __init__(self, home: Home, engine: Engine) -> None:
        self.home, self.engine = home, engine
        self.watch = OutletsWatch(home.outlets_file)
        self.leader = Leader(engine)
        self.timer = RoundTimer()
        self.queue = Queue(home)
        self.liveness = Liveness(home.settings["PROCESS_SILENCE_SECONDS"])
        self.health = HealthRounds(engine, home, self.leader)
        self.daily_check = DailyCheck(Scope(engine, home), home.settings["VERIFY_BYTES_A_DAY"])
        self.contact: str | None = home.settings["NEWSKEEP_CONTACT"]
        self.planned_at: float | None = None  # by the monotonic clock; None: not since this daemon leads
        self.jumps_seen = 0
        self.probed_at = 0.0
        self.process_id: int  # of its row in `processes`, once it runs

    async def run(self) -> None:
        """Run until cancelled. Raises SettingError when outlets.toml is wrong and there is no timetable yet."""
        await asyncio.to_thread(self._first_look)
        self.process_id = register(self.engine, SCHEDULER)  # not in a thread: no row may outlive a stop at this moment
        try:
            await self._run_rounds()
        finally:
            await self.leader.resign()
            await asyncio.to_thread(self._end)

    async def _run_rounds(self) -> None:
        self.timer.add("lead", ROUND_SECONDS, self._campaign)
        self.timer.add("heartbeat", 5.0, self._beat)
        self.timer.add("outlets", 1.0, self._follow_outlets)
        self.timer.add("turns", 1.0, self._while_leading(self._offer_due))
        self.timer.add("dead", 5.0, self._while_leading(self._reap_dead))
        self.timer.add("rhythms", 60.0, self._while_leading(lambda: learn_rhythms(self.engine, datetime.now(UTC))))
        self.timer.add("past", 3600.0, self._while_leading(self._delete_old))
        self.timer.add("removals", 3600.0, self._while_leading(self._remove_expired))
        self.timer.add("verify", 3600.0, self._while_leading(self._verify))
        self.timer.add("backup", 60.0, self._back_up)
        self.health.join(self.timer)
        try:
            await self.timer.run()
        finally:
            await asyncio.to_thread(self.health.end)

    async def _back_up(self) -> None:
        if self.leader.leads and await asyncio.to_thread(backup_is_due, self.home, datetime.now(UTC)):
            await back_up(self.home)

    def _first_look(self) -> None:
        with self.engine.connect() as conn:
            self.watch.expected = bool(all_turns(conn))
        has_timetable = self.watch.expected
        self.watch.read()
        problem = self.watch.problem or self._missing_contact(self.watch.outlets)
        if problem and not has_timetable:
            raise SettingError(problem, "newskeep outlets check")

    async def _campaign(self) -> None:
        if not await self.leader.campaign():
            self.planned_at = None

    async def _beat(self) -> None:
        alive = await asyncio.to_thread(beat, self.engine, self.process_id, memory=own_memory())
        self.liveness.answered(time.monotonic(), time.time())
        if not alive:
            self.process_id = await asyncio.to_thread(register, self.engine, SCHEDULER)

    async def _follow_outlets(self) -> None:
        """Bring the timetable up to date when outlets.toml has changed or the clock was set, and every ten minutes."""
        changed = await asyncio.to_thread(self.watch.look)
        late = self.planned_at is None or time.monotonic() - self.planned_at > _PLAN_SECONDS
        jumps, self.jumps_seen = self.timer.jumps - self.jumps_seen, self.timer.jumps
        if self.leader.leads and (changed or late or jumps):
            await asyncio.to_thread(self._plan)
            self.planned_at = time.monotonic()

    def _plan(self) -> None:
        outlets = self.watch.outlets
        problem = self.watch.problem or self._missing_contact(outlets)
        with self.engine.begin() as conn:
            _report_problem(conn, problem)
            if problem or outlets is None:
                return
            turns = put_on_timetable(conn, outlets, datetime.now(UTC))
        self.contact = self.home.settings["NEWSKEEP_CONTACT"] or outlets.contact
        logger.info("timetable_set", extra={"outlets": len(outlets.outlets), "turns": turns})

    def _missing_contact(self, outlets: OutletsFile | None) -> str | None:
        urls = [outlet.url for outlet in outlets.outlets if outlet.enabled] if outlets else []
        contact = outlets.contact if outlets else None
        try:
            require_contact(self.home, self.home.settings["NEWSKEEP_CONTACT"] or contact, urls)
        except SettingError as error:
            return str(error)
        return None

    def _while_leading(self, work: Callable[[], object]) -> Work:
        """Return the round that does *work* in a thread while this daemon leads."""

        async def do() -> None:
            if self.leader.leads:
                await asyncio.to_thread(retry_conflicts, work)

        return do

    def _offer_due(self) -> None:
        if self.planned_at is None:
            return
        with self.engine.connect() as conn:
            limit = PROBES if is_offline(conn) else AT_ONCE
        if limit == PROBES and time.monotonic() - self.probed_at < PROBE_SECONDS:
            return
        self.probed_at = time.monotonic()
        offer_due(self.engine, self.queue, self.contact, datetime.now(UTC), limit)

    def _reap_dead(self) -> None:
        reap_silent(self.engine, self.liveness.silence, lambda: self.liveness.can_judge(time.monotonic(), time.time()))
        with self.engine.begin() as conn:
            requeue_lost(conn)

    def _verify(self) -> None:
        if parts := self.daily_check.look(_VERIFY_SECONDS):
            logger.info("archive_verified", extra={"parts": parts})

    def _remove_expired(self) -> None:
        """Finish removals that were cut short or waited for a file; remove what outlets keep for a limited time."""
        finish_removals(self.engine, self.home)
        outlets = self.watch.outlets.outlets if self.watch.outlets and not self.watch.problem else ()
        if removed := remove_expired(self.engine, self.home, outlets, datetime.now(UTC)):
            logger.info("articles_expired", extra={"articles": removed})

    def _delete_old(self) -> None:
        with self.engine.begin() as conn:
            delete_old_processes(conn)
        forgotten = forget_lines(self.engine, datetime.now(UTC))
        if forgotten:
            logger.info("lines_forgotten", extra={"rows": forgotten})

    def _end(self) -> None:
        """Record that the process stopped, unless the database is away."""
        self.queue.close()
        try:
            record_stop(self.engine, self.process_id, "ended")
        except NewsError as error:
            logger.warning("end_not_told", extra={"error": str(error)})


def _report_problem(conn: Connection, problem: str | None) -> None:
    if problem is None:
        if end_alert(conn, OUTLETS_FILE.id, OUTLETS_SUBJECT):
            logger.info("outlets_file_mended")
    elif open_alert(conn, OUTLETS_FILE.id, OUTLETS_SUBJECT, {"problem": problem[:2000]}):
        logger.error("outlets_file_broken", extra={"problem": problem})
