"""The `newskeep` command: one small file per group of verbs, heavy imports inside the verbs."""
