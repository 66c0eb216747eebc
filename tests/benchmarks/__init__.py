"""Speed and memory, measured against peers and against the hardware's limit in the same run."""
