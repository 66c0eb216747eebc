"""What learns labels or targets from coordinates: one file per kind of head."""
