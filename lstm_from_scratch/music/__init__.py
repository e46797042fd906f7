"""Scores to symbols and back: kern text -> Melody -> symbols -> integers, and the other way."""

from .formats import FormatError, read_melody
from .kern import KernError, parse_kern, read_kern
from .kern_writer import write_kern
from .melody import Melody, Note
from .symbols import Vocabulary, decode, encode

__all__ = [
    "FormatError",
    "KernError",
    "Melody",
    "Note",
    "Vocabulary",
    "decode",
    "encode",
    "parse_kern",
    "read_kern",
    "read_melody",
    "write_kern",
]
