"""What becomes of a refresh token, at every instant and in every state."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.sessions import GRACE, ShownToken, Verdict, judge

T0 = datetime(2026, 11, 24, 1, tzinfo=UTC)
IDLE = timedelta(minutes=30)
NEW = ShownToken(
    issued_at=T0,
    used_at=None,
    successor_used=False,
    ended=False,
    disabled=False,
    expires_at=T0 + timedelta(hours=12),
)
USED = replace(NEW, used_at=T0)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("token", "after", "verdict"),
    [
        (NEW, timedelta(), Verdict.ROTATE),
        (NEW, IDLE, Verdict.ROTATE),
        (NEW, IDLE + SECOND, Verdict.IDLE),
        (replace(NEW, issued_at=T0 + timedelta(hours=12)), timedelta(hours=12), Verdict.EXPIRED),
        (USED, GRACE, Verdict.REPEAT),
        (USED, GRACE + SECOND, Verdict.REUSED),
        (replace(USED, successor_used=True), SECOND, Verdict.REUSED),
        (replace(USED, expires_at=T0), SECOND, Verdict.EXPIRED),
        (replace(NEW, disabled=True), SECOND, Verdict.DISABLED),
        (replace(USED, ended=True), SECOND, Verdict.ENDED),
    ],
)
def test_a_token_is_judged_by_its_state_and_the_instant(
    token: ShownToken, after: timedelta, verdict: Verdict
) -> None:
    assert judge(token, IDLE, T0 + after) is verdict
    assert verdict.lets_in == (verdict in (Verdict.ROTATE, Verdict.REPEAT))
