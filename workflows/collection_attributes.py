"""The search attributes of a collection, out of the one list."""

from typing import Any

from temporalio.common import SearchAttributeUpdate, TypedSearchAttributes

from domain.collection import Board
from workflows.search_attributes import DISTRICT, DUE_AT, KIND, MISSING, STAGE


def of(board: Board) -> list[SearchAttributeUpdate[Any]]:
    """The attributes of a collection as it stands."""
    return [
        STAGE.value_set(board.phase.value),
        KIND.value_set(board.kind),
        DISTRICT.value_set(board.district),
        MISSING.value_set(board.counts.missing),
        DUE_AT.value_set(board.window.due_at),
    ]


def changed(board: Board, shown: TypedSearchAttributes) -> list[SearchAttributeUpdate[Any]]:
    """The attributes that differ from what is shown."""
    return [one for one in of(board) if shown.get(one.key) != one.value]
