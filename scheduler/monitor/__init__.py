"""Watches the outlets and the machine: judges the rules of health, keeps their alerts, notifies people."""
