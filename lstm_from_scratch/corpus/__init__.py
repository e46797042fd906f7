"""Songs to integers: collections and a user's own files, encoded, numbered, and split in three parts."""

from .corpus import Corpus, CorpusError
from .parts import PARTS
from .preparation import prepare

__all__ = ["PARTS", "Corpus", "CorpusError", "prepare"]
