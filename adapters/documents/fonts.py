"""The Chinese fonts that documents embed: those of the package ``mplfonts``, found without running any of it.

Invariant: no font of the machine is used, so that a document looks the same wherever it is made.
"""

from importlib.util import find_spec
from pathlib import Path


def folder() -> Path:
    """The folder of the package's fonts. Raises ``FileNotFoundError`` where the package is not installed whole."""
    # find_spec, not importlib.resources.files: that would import the package, and matplotlib with it
    found = find_spec("mplfonts")
    for place in (found and found.submodule_search_locations) or ():
        fonts = Path(place) / "fonts"
        if (fonts / "SourceHanSerifSC-Regular.otf").is_file():
            return fonts
    raise FileNotFoundError("the fonts of the package mplfonts")
