"""The network: every forward beside its backward, on NumPy or CuPy arrays. Columns are examples."""

from .adam import Adam
from .attention import Attention
from .clipping import clip_by_global_norm
from .dense import Dense
from .dropout import Dropout
from .gru import GRU
from .loss import SoftmaxCrossEntropy
from .lstm import LSTM
from .mixture import MixtureCrossEntropy
from .rnn import RNN

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Adam",
    "Attention",
    "Dense",
    "Dropout",
    "MixtureCrossEntropy",
    "SoftmaxCrossEntropy",
    "clip_by_global_norm",
]
