"""Relate: relative representations as tensors and as files, whatever their size."""
