"""Load and match: from the names of files to two spaces whose rows are the same items."""
