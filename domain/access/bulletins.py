"""Who may do what to bulletins (通报).

Invariant: drafts are the office's, the leaders' and the oversight's to see, issued ones everybody's; the rows of steps are
made from the table of bulletins (``domain/bulletin/table.py``).
"""

from collections.abc import Mapping
from typing import Final

from domain.access.rows import CASES, COMMON, EDIT, EDITORS_SEE, OFFICE, UNIT, Row, Way, reaching
from domain.bulletin.table import able
from domain.bulletin.words import Action

BULLETINS: Final[Mapping[str, Row]] = {
    "list_bulletins": COMMON,
    "get_bulletin": COMMON,
    "get_bulletin_docx": COMMON,
    "get_bulletin_pdf": COMMON,
    "get_bulletin_xlsx": COMMON,
    "get_bulletin_timeline": EDITORS_SEE,
    "list_bulletin_readers": CASES,
    "read_bulletin": UNIT,
    "draft_bulletin": OFFICE,
    "get_bulletin_policy": COMMON,
    "put_bulletin_policy": EDIT,
    "list_bulletin_templates": EDITORS_SEE,
    "get_bulletin_template": EDITORS_SEE,
    "upload_bulletin_template": EDIT,
    **{f"{action.value}_bulletin": Row(way=Way.POSTS, by=reaching(able(action))) for action in Action},
}
