"""Looks after the outlets and the machine: judges the rules of health, keeps the alerts, tells people."""

from scheduler.health.looking import Health

__all__ = ["Health"]
