"""Ways of showing a report: one file per way."""
