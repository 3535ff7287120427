"""One collection from its opening to its cut-off: the workflow owns the instants, the record decides.

Invariant: the history does not depend on how many units there are: submissions are rows, and the workflow reads a board of
constant size; it looks when an instant comes, when it is told that something has moved, and a fixed number of times in between.
"""

from datetime import timedelta
from typing import Final

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.collection import CollectionActivities, CollectionStep
    from domain.collection import Board
    from workflows import collection_attributes, collection_card, failures, moments, options

FRESHENED: Final = 12
"""How many times within its window a board is read anew although nothing happened, for whoever looks at it."""

LEAST_FRESH: Final = timedelta(minutes=5)


@workflow.defn(name="Collection")
class CollectionWorkflow:
    """The deadline of one collection; its id is the collection's number."""

    @workflow.init
    def __init__(self, collection_id: str, ahead: int | None = None) -> None:
        self._id, self._ahead = collection_id, ahead
        self._told = self._seen = 0

    @workflow.signal
    def look(self) -> None:
        """Something that the workflow waits for has moved, or the last one has arrived: look again."""
        self._told += 1

    @workflow.run
    async def run(self, collection_id: str, ahead: int | None = None) -> str:  # noqa: ARG002 - kept by __init__
        """Carry the collection to its end; returns its last phase in Chinese. ``ahead`` is of a rehearsal."""
        board = await self._look()
        while not board.is_over:
            self._show(board)
            if board.undrafted:
                board = await self._draft(board)
            elif board.may_end_early or self._is_due(board):
                board = await self._step(board)
            else:
                await self._wait(board)
                board = await self._look()
        self._show(board)
        return board.phase.label

    async def _wait(self, board: Board) -> None:
        """Wait for the next instant, a word from outside, or the time to read the board anew."""
        try:
            await workflow.wait_condition(
                lambda: self._told != self._seen,
                timeout=self._left(board),
                timeout_summary=collection_card.wait(board),
            )
        except TimeoutError:
            return

    async def _look(self) -> Board:
        about, self._seen = "查看收集进度", self._told
        try:
            return await workflow.execute_local_activity_method(
                CollectionActivities.look, self._id, **options.record_here(about)
            )
        except FailureError as error:
            failures.raise_if_final(error)
            return await workflow.execute_activity_method(
                CollectionActivities.look, self._id, **options.record_patiently(about)
            )

    async def _step(self, board: Board) -> Board:
        return await workflow.execute_activity_method(
            CollectionActivities.step,
            CollectionStep(collection_id=self._id, at=moments.now(self._ahead)),
            **options.over_a_list(collection_card.effect(board)),
        )

    async def _draft(self, board: Board) -> Board:
        return await workflow.execute_activity_method(
            CollectionActivities.draft,
            CollectionStep(collection_id=self._id, at=moments.now(self._ahead)),
            **options.over_a_list(f"起草通报：{board.title}"),
        )

    def _show(self, board: Board) -> None:
        workflow.set_current_details(collection_card.details(board))
        shown = workflow.info().typed_search_attributes
        if updates := collection_attributes.changed(board, shown):
            workflow.upsert_search_attributes(updates)

    def _is_due(self, board: Board) -> bool:
        return board.coming_at is not None and board.coming_at <= moments.now(self._ahead)

    def _left(self, board: Board) -> timedelta | None:
        if board.coming_at is None:
            return None
        now, window = moments.exact(self._ahead), board.window
        fresh = max(LEAST_FRESH, (window.cut_off_at - window.opens_at) / FRESHENED)
        left = board.coming_at - now
        return min(left, fresh) if now >= window.opens_at else left
