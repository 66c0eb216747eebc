"""Track: checkpoints, layers or models against a reference, and against how well they do."""
