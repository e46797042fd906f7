"""The proof: every gradient against two numerical derivatives, and what a wrong one looks like."""

from .gradcheck import TensorCheck, assert_gradients, check_gradients

__all__ = ["TensorCheck", "assert_gradients", "check_gradients"]
