"""Score: from what a scan found to numbers with uncertainty, chance level and cautions."""
