"""One file per claim. Each has a function `run(lab)` that returns the rows of its table."""
