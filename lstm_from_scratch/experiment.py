"""The room of before: hands on what users' scripts imported from here, for one version."""

import warnings

from .composing import sample
from .corpus import Corpus
from .model import MelodyModel

__all__ = ["Corpus", "MelodyModel", "sample"]
warnings.warn("lstm_from_scratch.experiment: import from .model, .composing, .corpus", DeprecationWarning, 2)
