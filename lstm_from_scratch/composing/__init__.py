"""Melodies drawn from a model: a primer, one symbol at a time at a temperature, and files to hear."""

from .sampling import sample

__all__ = ["sample"]
