"""How our processes come up quickly: what is loaded at the start stays, so nothing of it is ever looked at as waste.

Invariant: the collector runs again, over what came later, as soon as the block ends.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Load without collecting; collections in between are a sixth of the start, and later ones would go over it all again."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
