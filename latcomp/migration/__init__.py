"""Migration: can queries of a new model be answered from the index of an old one?"""
