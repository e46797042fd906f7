"""The ways of asking a command to stop: Ctrl-C, SIGTERM, and SIGHUP when its terminal is closed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def on_stop(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Inside, each of these signals calls the handler; afterwards everything is as it was.

    A SIGHUP that is ignored, as under `nohup`, stays ignored. Outside the main thread, which alone hears
    signals, nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")]
    before = {}
    for number in numbers:
        if number and not (number.name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):
            before[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def raise_interrupt(number: int, frame: FrameType | None) -> None:
    """What Python does at Ctrl-C."""
    raise KeyboardInterrupt
