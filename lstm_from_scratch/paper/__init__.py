"""What the paper claims, measured: Table I, a task of recall, runs that are kept, and the figures."""
