"""What the paper claims, measured: Table I, a recall task, training runs that are kept, and the figures."""

from typing import Any

Result = dict[str, Any]  # what an experiment found, as its JSON file holds it
