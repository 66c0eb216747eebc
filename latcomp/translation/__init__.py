"""Translation: from one space into another, fitted on pairs, judged on others, kept as a file."""
