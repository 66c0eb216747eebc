"""Mathematics on tensors that knows nothing of spaces, files or reports."""
