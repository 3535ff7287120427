"""Numbers for the people and posts of the sample district, as rows of a directory document.

Invariant: every number is invented and shows it: mobile numbers 13800000001, 13800000002 … in the order of the people,
landlines 010-5555…; none is taken from the notice.
"""

from collections.abc import Mapping, Sequence
from typing import Any


def contacts(district: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, str]]:
    """A mobile number for each person, a landline for each post."""
    people = [
        {"person_id": person["id"], "mobile": f"138{number:08}"}
        for number, person in enumerate(district["people"], 1)
    ]
    posts = [
        {"post_id": post["id"], "landline": f"010-5555{number:04}"}
        for number, post in enumerate(district["posts"], 1)
    ]
    return people + posts
