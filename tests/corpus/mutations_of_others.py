"""Careless changes of the workflows beside that of a hazard, each of which would break runs that are under way."""

from typing import Final

from tests.corpus import mutations
from tests.corpus.mutations import Mutation

_BEFORE: Final = (
    Mutation(
        name="the relay continues as new after every round",
        module="intake",
        old="_ROUNDS = 500",
        new="_ROUNDS = 1",
        branch="a relay started what was wanted and waits again",
    ),
    Mutation(
        name="the relay rests between two rounds",
        module="intake",
        old="            relayed += await",
        new="            await workflow.sleep(60)\n            relayed += await",
        branch="a relay started what was wanted and waits again",
    ),
    Mutation(
        name="an order is carried out as a local activity",
        module="restamp",
        old="""execute_activity_method(
            RestampActivities.carry_out, order_id, **options.restamp("逐案重算时限")""",
        new="""execute_local_activity_method(
            RestampActivities.carry_out, order_id, **options.record_here("逐案重算时限")""",
        branch="an order was carried out",
    ),
    Mutation(
        name="an order rests before it is told to be done",
        module="restamp",
        old='        workflow.set_current_details(f"时限重算 {order_id}：已完成',
        new='        await workflow.sleep(1)\n        workflow.set_current_details(f"时限重算 {order_id}：已完成',
        branch="an order was carried out",
    ),
    Mutation(
        name="the reconciler rests before its pass instead of after it",
        module="reconciler",
        old="        for _ in range(_PASSES):\n",
        new='        for _ in range(_PASSES):\n            await workflow.sleep(EVERY, summary="每分钟自查一次")\n',
        branch="a reconciler passed and rests",
    ),
    Mutation(
        name="the reconciler continues as new after a hundred passes",
        module="reconciler",
        old="_PASSES: Final = 200",
        new="_PASSES: Final = 100",
        branch="a reconciler was continued as new",
    ),
)
_COLLECTIONS: Final = (
    Mutation(
        name="a board is read by a remote activity",
        module="collection",
        old="""execute_local_activity_method(
                CollectionActivities.look, self._id, **options.record_here(about)""",
        new="""execute_activity_method(
                CollectionActivities.look, self._id, **options.record_patiently(about)""",
        branch="a collection was looked at inside the task",
    ),
    Mutation(
        name="a collection is shown once more at its end",
        module="collection",
        old="        self._show(board)\n        return",
        new="        await workflow.sleep(1)\n        return",
        branch="a collection ended as 已截止",
    ),
    Mutation(
        name="nothing is drafted from a collection",
        module="collection",
        old="            if board.undrafted:\n                board = await self._draft(board)\n            elif board",
        new="            if board",
        branch="a bulletin was drafted from a collection",
    ),
    Mutation(
        name="a word from outside ends no wait",
        module="collection",
        old="lambda: self._told != self._seen,",
        new="lambda: False,",
        branch="a word from outside ended a collection's wait",
    ),
    Mutation(
        name="a word during a look is forgotten",
        module="collection",
        old='about, self._seen = "查看收集进度", self._told',
        new='about = "查看收集进度"',
        branch="a word from outside ended a collection's wait",
    ),
    Mutation(
        name="a board is waited for before its first step, though that is due",
        module="collection",
        old="elif board.may_end_early or self._is_due(board):",
        new="elif board.may_end_early:",
        branch="a step of a collection was due when it was first looked at",
    ),
    Mutation(
        name="a collection does not end early",
        module="collection",
        old="elif board.may_end_early or self._is_due(board):",
        new="elif self._is_due(board):",
        branch="a collection ended early",
    ),
)
_SERIES: Final = (
    Mutation(
        name="a period is opened by a local activity",
        module="series",
        old="execute_activity_method(",
        new="execute_local_activity_method(",
        branch="a schedule's day was opened",
    ),
    Mutation(
        name="a period rests before it is told",
        module="series",
        old="        workflow.set_current_details(became)\n",
        new="        await workflow.sleep(1)\n        workflow.set_current_details(became)\n",
        branch="a schedule's day was passed over",
    ),
)
_STANDING: Final = (
    Mutation(
        name="the bulletin clock is continued after a hundred rounds",
        module="bulletin",
        old="_ROUNDS: Final = 300",
        new="_ROUNDS: Final = 100",
        branch="the bulletin clock was continued after three hundred rounds",
    ),
    Mutation(
        name="the bulletin clock does not hear the engine's suggestion",
        module="bulletin",
        old="if workflow.info().is_continue_as_new_suggested():",
        new="if False:",
        branch="the bulletin clock was continued on the engine's suggestion",
    ),
    Mutation(
        name="the bulletin clock forgets a word that came during a look",
        module="bulletin",
        old="            self._told += kept.told\n",
        new="            self._told += kept.told\n            self._woken = False\n",
        branch="the bulletin clock was woken in the middle of a look",
    ),
    Mutation(
        name="the bulletin clock is not woken",
        module="bulletin",
        old="lambda: self._woken, ",
        new="lambda: False, ",
        branch="the bulletin clock was woken",
    ),
    Mutation(
        name="the daily seal is continued after fifty days",
        module="daily_seal",
        old="_DAYS: Final = 100",
        new="_DAYS: Final = 50",
        branch="the daily seal was continued after a hundred days",
    ),
    Mutation(
        name="the daily seal rests before it seals",
        module="daily_seal",
        old="            sealed = await",
        new="            await workflow.sleep(_REST)\n            sealed = await",
        branch="a day was sealed and the seal rests",
    ),
    Mutation(
        name="a dispatcher is continued after a hundred rounds",
        module="delivery",
        old="_ROUNDS: Final = 200",
        new="_ROUNDS: Final = 100",
        branch="a dispatcher was continued after two hundred rounds",
    ),
    Mutation(
        name="a dispatcher rests between two rounds",
        module="delivery",
        old="            workflow.set_current_details(card(name, done))\n",
        new="            workflow.set_current_details(card(name, done))\n            await workflow.sleep(1)\n",
        branch="a dispatcher sent for a round and goes on",
    ),
)
_AUDIT: Final = (
    Mutation(
        name="the delivery is audited by a local activity",
        module="delivery_audit",
        old="execute_activity_method(",
        new="execute_local_activity_method(",
        branch="the delivery was audited",
    ),
    Mutation(
        name="an audit rests before it is told",
        module="delivery_audit",
        old="        workflow.set_current_details(card(found))\n",
        new="        await workflow.sleep(1)\n        workflow.set_current_details(card(found))\n",
        branch="the delivery was audited",
    ),
)
_WEBHOOKS: Final = (
    Mutation(
        name="a subscription forgets a word that came during a round",
        module="webhook",
        old="        if self._woken:\n            return\n",
        new="        self._woken = False\n",
        branch="a subscription was woken in the middle of a round",
    ),
    Mutation(
        name="a subscription is not woken",
        module="webhook",
        old="lambda: self._woken, ",
        new="lambda: False, ",
        branch="a subscription was woken",
    ),
    Mutation(
        name="a subscription is continued although it has ended",
        module="webhook",
        old="        if told.tally.state is WebhookState.ACTIVE:\n            workflow",
        new="        if True:\n            workflow",
        branch="a subscription ended",
    ),
    Mutation(
        name="the bell rests between two rounds",
        module="webhook",
        old="            woken += await",
        new="            await workflow.sleep(1)\n            woken += await",
        branch="the bell rang off and goes on",
    ),
)

ALL: Final = (*mutations.ALL, *_BEFORE, *_COLLECTIONS, *_SERIES, *_STANDING, *_AUDIT, *_WEBHOOKS)
