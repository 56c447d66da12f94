"""Looks after the outlets and the machine: judges the rules of health, keeps the alerts, tells people."""

from scheduler.health.looking import Health
from scheduler.health.rounds import HealthRounds

__all__ = ["Health", "HealthRounds"]
