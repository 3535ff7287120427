"""``bihuan what-if hazard``: what is in store for one case of the running system, which it does not touch."""

import asyncpg

from deploy import folder, postgres
from tests import launched
from tests.launched import Launched


async def _cases(sampled: Launched) -> dict[str, tuple[str, str]]:
    """Of each stage one case, with its state."""
    owner = await asyncpg.connect(
        postgres.url(sampled.data, postgres.OWNER, folder.secrets(sampled.data).owner)
    )
    try:
        rows = await owner.fetch(
            "SELECT stage, id, seq::text || head || snapshot::text AS state FROM hazards"
        )
    finally:
        await owner.close()
    return {row["stage"]: (row["id"], row["state"]) for row in rows}


async def _what_if(sampled: Launched, number: str) -> tuple[int, str, str]:
    return await launched.command("what-if", "hazard", number, "--nobody-acts", "--data", str(sampled.data))


async def test_the_coming_sixty_days_of_a_case_are_shown_and_the_case_is_left_alone(
    sampled: Launched,
) -> None:
    before = await _cases(sampled)
    number = before["rectifying"][0]
    code, out, err = await _what_if(sampled, number)
    assert (code, err) == (0, "")
    assert f"{number} 自此刻起无人办理，60 日内" in out
    steps = [line.split("│")[2].strip() for line in out.splitlines() if line.startswith("│ 20")]
    assert steps[0].startswith("现在：整改中")
    assert steps.index("到期未办，标记逾期") < steps.index("逐级督办")
    assert "逾期催办" in steps
    assert await _cases(sampled) == before


async def test_a_case_that_is_unknown_or_finished_is_one_sentence(sampled: Launched) -> None:
    closed = (await _cases(sampled))["closed"][0]
    assert await _what_if(sampled, "YH-1999-000001") == (1, "", "没有案号为 YH-1999-000001 的隐患。\n")
    assert await _what_if(sampled, closed) == (1, "", f"{closed} 已经办结（已销号），以后不会再有动作。\n")
