"""Spaces: n items x d dimensions from one model, stored or relative to anchors, and pairs."""
