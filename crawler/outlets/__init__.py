"""outlets.toml: read with all mistakes in their places, edited without a change to other lines."""
