"""Songs to integers: collections and a user's own files, encoded, numbered, and split in three parts."""

from .corpus import Corpus, CorpusError, prepare
from .parts import PARTS

__all__ = ["PARTS", "Corpus", "CorpusError", "prepare"]
