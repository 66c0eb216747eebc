"""Stitch: heads trained on one space and tested, with no training, on the items of another."""
