"""How domain values stand in JSON columns and come back.

Invariant: what is written is :func:`domain.audit.plain`, so a snapshot, a patch and a hash speak of the same text.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic_core import from_json

from domain import audit
from domain.audit import Entry
from domain.collection import Collection, CollectionKind
from domain.hazard import Case
from domain.terms import Terms
from domain.workdays import Day

_CASE: Final = TypeAdapter(Case)
_ENTRY: Final = TypeAdapter(Entry)
_COLLECTION: Final = TypeAdapter(Collection)
_KIND: Final = TypeAdapter(CollectionKind)
_TERMS: Final = TypeAdapter(Terms)
_DAYS: Final = TypeAdapter(dict[str, Day])


def dump(value: object) -> str:
    """Any domain value as JSON text."""
    return audit.written(value)


def case(text: str) -> Case:
    """A case from its snapshot."""
    return _CASE.validate_json(text)


def case_of(fields: dict[str, Any]) -> Case:
    """A case from plain fields, such as :func:`domain.audit.rebuild` gives."""
    return _CASE.validate_python(fields)


def case_of_parts(fields: str, stamped: str) -> Case:
    """A case from its snapshot without its terms, and its terms: cases of one day share them, so they are read once."""
    return _CASE.validate_python(from_json(fields) | {"terms": _shared_terms(stamped)})


@lru_cache(maxsize=256)
def _shared_terms(text: str) -> Terms:
    return terms(text)


def collection(text: str) -> Collection:
    """A collection from its snapshot."""
    return _COLLECTION.validate_json(text)


def collection_of(fields: dict[str, Any]) -> Collection:
    """A collection from plain fields, such as :func:`domain.audit.rebuild` gives; what its entries say besides is left out."""
    known = {name: value for name, value in fields.items() if name in Collection.__dataclass_fields__}
    return _COLLECTION.validate_python(known)


def collection_kind(text: str) -> CollectionKind:
    """One version of a kind of collections."""
    return _KIND.validate_json(text)


def entry(text: str) -> Entry:
    """An entry of the record."""
    return _ENTRY.validate_json(text)


def terms(text: str) -> Terms:
    """One version of the policy."""
    return _TERMS.validate_json(text)


def policy(text: str) -> Terms:
    """One version of the policy as somebody wrote it: a number is a number, and nothing is taken for something else."""
    return _TERMS.validate_json(text, strict=True)


@lru_cache(maxsize=16)
def days(text: str) -> Mapping[str, Day]:
    """Exceptional days by ISO date; read once for each text, because every report counts by the days of all years."""
    return _DAYS.validate_json(text)
