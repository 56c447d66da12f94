"""The outlets.toml file: read with every mistake shown in its place, edited without touching a comment."""
