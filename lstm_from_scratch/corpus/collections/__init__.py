"""Collections of songs that come with music21, read in place and unpacked as **kern into a folder."""

from .unpacking import COLLECTIONS, Unpacked, unpack

__all__ = ["COLLECTIONS", "Unpacked", "unpack"]
