"""Files as bytes, rows and columns: what formats and writers are made of."""
