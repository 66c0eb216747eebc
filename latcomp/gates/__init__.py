"""Gates: conditions on a report that decide an exit code."""
