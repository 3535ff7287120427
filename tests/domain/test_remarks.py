"""What an outsider says is on record, and moves nothing."""

from dataclasses import replace

import pytest

from domain import audit, hazard
from domain.errors import Refused
from domain.evidence import EvidenceKind
from domain.hazard import OPEN_STAGES, Remark, Stage
from tests.domain.cases import DAY, T0, at, evidence, opened

SAID = Remark(request_id="link:1:k", note="已到场", evidence=(evidence(EvidenceKind.OTHER),))


@pytest.mark.parametrize("stage", OPEN_STAGES)
def test_a_remark_changes_no_field_of_the_case_and_tells_nobody(stage: Stage) -> None:
    case = at(stage, major=stage is Stage.AWAITING_CLOSURE)
    change = hazard.remark(case, SAID, T0 + DAY)
    assert change is not None
    assert change.entry.patch == {}
    assert change.notices == ()
    same = replace(change.case, seq=case.seq, head=case.head, recent_requests=case.recent_requests)
    assert same == case
    assert (change.entry.person_id, change.entry.post_id, change.entry.channel) == (None, None, "link")
    assert [one["kind"] for one in change.entry.evidence] == ["other"]


def test_it_is_sealed_into_the_chain_like_every_step() -> None:
    first = opened()
    change = hazard.remark(first.case, SAID, T0 + DAY)
    assert change is not None
    assert change.entry.prev == first.entry.hash
    assert audit.verify(first.case.id, [first.entry, change.entry], head=change.case.head, seq=2) is None
    assert audit.rebuild([first.entry, change.entry]) == audit.plain(change.case)


def test_a_repeat_changes_nothing_and_a_case_that_is_over_hears_none() -> None:
    change = hazard.remark(opened().case, SAID, T0)
    assert change is not None
    assert hazard.remark(change.case, SAID, T0) is None
    with pytest.raises(Refused, match="wrong_stage"):
        hazard.remark(at(Stage.DISMISSED), SAID, T0)
