"""What one walk over the data must learn for some measures: one file per statistic."""
