"""The layers joined: the paper's model, its checkpoints, and its weights to and from other programs."""

from .model import MelodyModel, log_probabilities

__all__ = ["MelodyModel", "log_probabilities"]
