"""The network: every forward beside its backward, on NumPy or CuPy arrays. Columns are examples."""

from .adam import Adam, clip_by_global_norm
from .dense import Dense
from .dropout import Dropout
from .gru import GRU
from .loss import SoftmaxCrossEntropy
from .lstm import LSTM
from .rnn import RNN

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Adam",
    "Dense",
    "Dropout",
    "SoftmaxCrossEntropy",
    "clip_by_global_norm",
]
