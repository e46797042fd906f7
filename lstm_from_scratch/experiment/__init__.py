"""Music and network joined: corpora, training, sampling, and what they are worth."""

from .model import MelodyModel
from .sampling import sample

__all__ = ["MelodyModel", "sample"]
