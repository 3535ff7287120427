"""The sample directory as a document (units, posts, people, dictionaries, policy); all names are placeholders."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

DISTRICT: Final[Mapping[str, Sequence[Mapping[str, Any]]]] = json.loads(
    Path(__file__).with_name("district.json").read_text(encoding="utf-8")
)
