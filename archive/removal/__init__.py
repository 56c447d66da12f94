"""Take articles out of the archive for good: rows, captures and traces; a register keeps them from coming back."""
