"""The brake on mass changes through the real dispatch: one digest for each recipient, let go by an administrator, nothing else held."""

import asyncio
import itertools
from datetime import timedelta

from domain.delivery import ChannelName
from domain.notices import NoticeKind
from services import clock
from services.cli import notices
from tests.delivery.office import Office, dispatching
from tests.harness import next_monday
from tests.stack import eventually

E = ChannelName.EMAIL
PEOPLE = ("ec01-safety", "ec02-safety", "ec03-safety")
MANY = 70
"""For each of three: more than the two hundred that the brake lets pass."""


async def _moved(office: Office) -> list[str]:
    """An edit of the calendar moved the limits of everything that is open, before anybody was told; gives the cases."""
    for post in (*PEOPLE, "ec01-head"):
        await office.reach(f"person:p-{post}", E, f"{post}@unit.example")
    cases: list[str] = []
    for post in PEOPLE:
        cases += await office.put(post, NoticeKind.DUE_MOVED, count=MANY)
    return cases


async def _states(office: Office, cases: list[str]) -> set[str]:
    return {state for *_, state in await office.states(cases)}


def _matters(office: Office) -> list[int]:
    """How many matters each digest told of."""
    subjects = [str(mail["Subject"]) for mail in office.box.mails]
    return sorted(int(subject.partition("项")[0]) for subject in subjects if "项通知" in subject)


async def test_a_mass_change_waits_for_one_digest_each_and_nothing_else_waits(office: Office) -> None:
    cases = await _moved(office)
    async with dispatching(office, E):
        usual = await office.put("ec01-head", NoticeKind.WORK)
        chased = await office.put(PEOPLE[0], NoticeKind.OVERDUE)
        urgent = await office.put(PEOPLE[1], NoticeKind.DUE_MOVED, urgent=True)
        assert {state for *_, state in await office.settled([*usual, *chased, *urgent])} == {"sent"}
        assert await _states(office, cases) == {"pending"}
        assert len(office.box.mails) == 3

        looks = itertools.count()

        async def shown() -> bool:
            # time goes on slowly, so that the brake has not ended before it is seen
            await (office.nudge() if next(looks) % 20 else office.wind(timedelta(seconds=16)))
            return f"群发制动：{len(cases)} 条" in await office.details(E)

        await eventually(shown)
        assert len(office.box.mails) == 3
        await office.wind(timedelta(minutes=30))
        assert {state for *_, state in await office.settled(cases)} == {"sent"}
    assert _matters(office) == [MANY] * len(PEOPLE)


async def test_an_administrator_lets_go_of_a_mass_change_and_what_was_done_meanwhile_is_dropped(
    office: Office,
) -> None:
    # the command goes by the real clock, so this is told of a Monday that was
    real = clock.real()
    office.world.clock.ahead = next_monday(real) - timedelta(weeks=2) - real
    cases = await _moved(office)
    async with dispatching(office, E):
        assert {state for *_, state in await office.settled(await office.put("ec01-head", urgent=True))} == {
            "sent"
        }
        assert await _states(office, cases) == {"pending"}
        await office.acknowledge(cases[0])
        await asyncio.to_thread(notices.release, office.settings)
        states = await office.settled(cases)
    assert [state for *_, state in states].count("moot") == 1
    assert {state for *_, state in states} == {"moot", "sent"}
    assert _matters(office) == [MANY - 1, MANY, MANY]
    assert len(office.box.mails) == 1 + len(PEOPLE)
