"""Mathematics on tensors, and on rows of spaces; it knows nothing of files, measures or reports."""
