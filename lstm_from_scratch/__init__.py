"""An LSTM melody generator written by hand in NumPy: from the first line of a **kern file to a melody."""

__version__ = "0.1.0"
