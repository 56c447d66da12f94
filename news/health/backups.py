"""The rules of health for backups: the last one is not too old, and the last try did not fail."""

from datetime import timedelta

from news.health.rule import Decision, Measured, machine_rule

_DAY = timedelta(days=1)
_LONGEST = 8 * _DAY  # for backups that the daemon does not make


@machine_rule(
    title="last backup is old",
    broken_when="the last backup is older than twice `BACKUP_EVERY_SECONDS`, or than eight days without `BACKUP_TO`; a "
    "backup of your own should touch `last-backup` in the data folder, and without that file the rule is not judged",
    describe=lambda facts: f"made {facts['days']:g} days ago",
    remedy="newskeep backup",
)
def backup_old(measured: Measured) -> Decision:
    if measured.backup_age is None:
        return None, {}
    limit = 2 * measured.backup_every if measured.backup_every else _LONGEST
    return measured.backup_age > limit, {"days": round(measured.backup_age / _DAY, 1)}


@machine_rule(
    title="backup failed",
    broken_when="the last backup to `BACKUP_TO` failed",
    describe=lambda facts: str(facts["problem"]),
    remedy="newskeep backup",
)
def backup_failed(measured: Measured) -> Decision:
    return measured.backup_problem is not None, {"problem": measured.backup_problem}
