"""A release that is rolled out and taken back while cases are in flight fails no command."""

from pathlib import Path

from tests.api.live import Live
from tests.chaos import upgrade
from tests.harness import World


async def test_a_release_forward_and_back_fails_no_command_and_its_branch_is_taken_and_left_again(
    live: Live, world: World, tmp_path: Path
) -> None:
    order = ("1", "2", "1", "")
    flight, legs = await upgrade.rolled(
        live, world.database, tmp_path / "next", cases=12, order=order, patient=False
    )
    print(*legs, sep="\n")
    assert flight.failed == []
    assert await upgrade.on_record(world.database, flight.keys) == len(flight.keys)
    assert [leg.patched for leg in legs] == [0, 12, 0, 0]
    assert all(leg.answered >= 12 for leg in legs)
