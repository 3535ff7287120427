"""The benchmark suite: each figure against its floor in the same run, as ratios.

``python -m bench`` (or ``make bench``) runs it on the embedded stack with the processes that users run. Invariant: nothing
here is imported by the system itself.
"""
