"""Many spaces at once: every pair of a family, or of two families, compared."""
