"""Pick: sets of anchors, how they are chosen, given, judged, swept and grown."""
