"""From what a client hands in to a submission on record: the form, the roster, the files, the numbers sealed.

Invariant: a mobile number leaves here sealed or masked, never in the clear; what is wrong is told field by field, in Chinese.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from adapters import forms
from adapters.objects import original_key
from adapters.postgres.directory import Person
from adapters.postgres.submissions import Facts, SealedDuty, SealedShift, Turn
from domain import phones
from domain.collection import Collection, Content, Given, Via, roster
from domain.errors import Kind, Refused
from domain.evidence import Evidence, EvidenceKind
from services.api.collection_bodies import RegistrationBody, SubmissionBody
from services.api.commands import evidence_of, unknown
from services.api.deps import Services
from services.api.parameters import utc
from services.api.patterns import DECEIVING

_SHOWS: Final = re.compile(f"[{DECEIVING}\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class HandedIn:
    """What is to be put on record: what was given, with its numbers masked, and the shifts with theirs in the clear."""

    given: Given
    shifts: tuple[roster.Shift, ...] = ()
    landline: str = ""

    def sealed(self, services: Services, place: str) -> SealedDuty:
        """The shifts with their numbers sealed for ``place``."""
        shifts = [_sealed(services, shift, place) for shift in self.shifts]
        return SealedDuty(shifts=shifts, landline=self.landline)


async def papers(
    services: Services, person: Person, unit_id: str, body: SubmissionBody
) -> tuple[Evidence, ...]:
    """The files that are handed in, electronic seals verified. Raises ``Refused``."""
    evidence = await evidence_of(services, person, body.evidence)
    await _check_seals(services, unit_id, evidence)
    return evidence


async def handed_in(
    turn: Turn, facts: Facts, body: SubmissionBody, evidence: tuple[Evidence, ...]
) -> HandedIn:
    """Judge what was handed in by the collection's kind. Raises ``Refused`` with every field that is not right."""
    content, collection = body.content, facts.collection
    handed = HandedIn(given=Given(content={}))
    check_text(content)
    if body.is_zero:
        if content:
            raise Refused(Kind.CONFLICT, "zero_with_content", "零报告不填写表单", field="content")
    else:
        check_form(collection, content)
        if collection.kind.content is Content.ROSTER:
            handed = _roster(collection, content)
        if collection.kind.content is Content.HAZARDS:
            await _check_hazards(turn, facts.member.unit_id, content)
    shown = roster.masked(content) if handed.shifts else content
    group = isinstance(body, RegistrationBody)
    given = Given(
        content=concealed(shown),
        is_zero=body.is_zero,
        evidence=evidence,
        reason=body.reason,
        via=Via.GROUP if group else Via.API,
        received_at=utc(body.received_at) if isinstance(body, RegistrationBody) else None,
    )
    return replace(handed, given=given)


def check_text(content: Mapping[str, Any]) -> None:
    """Refuse characters that show nothing or deceive, wherever they stand. Raises ``Refused``."""
    if any(_SHOWS.search(text) for text in _texts(content)):
        raise wrong([_error("body.content", "string_pattern_mismatch", "含有控制字符或不可见的字符")])


def check_form(collection: Collection, content: Mapping[str, Any]) -> None:
    """Refuse a form that does not fit its kind. Raises ``Refused`` with every field."""
    if errors := forms.errors(collection.kind, content):
        raise wrong([one | {"field": f"body.{one['field']}"} for one in errors])


def roster_findings(content: Mapping[str, Any], collection: Collection) -> list[roster.Finding]:
    """Everything that is wrong with a roster that fits its form."""
    shifts, _, found = roster.read(content)
    covers = collection.covers
    if covers is not None:
        found += roster.check(shifts, covers, collection.window.spoken)
    return found


def wrong(errors: list[dict[str, str]]) -> Refused:
    """The refusal of a form, naming every field that is not right."""
    told: Any = errors
    return Refused(Kind.INVALID, "form_invalid", "填报内容不符合要求，请逐项改正", errors=told)


def _roster(collection: Collection, content: Mapping[str, Any]) -> HandedIn:
    if found := roster_findings(content, collection):
        raise wrong([_error(f"body.content.{one.field}", one.code, one.message) for one in found])
    shifts, landline, _ = roster.read(content)
    return HandedIn(given=Given(content={}), shifts=shifts, landline=landline)


async def _check_hazards(turn: Turn, unit_id: str, content: Mapping[str, Any]) -> None:
    ids = [row["id"] for row in content["hazards"]]
    own = await turn.hazards_of(unit_id, ids)
    if set(ids) - own:
        raise unknown("hazard_unknown", "所列案号中有不属于本单位的隐患", "content.hazards")


async def _check_seals(services: Services, unit_id: str, evidence: Iterable[Evidence]) -> None:
    """Have electronic seals verified by whatever verifier is plugged in. Raises ``Refused`` or ``Temporary``."""
    for one in evidence:
        if one.kind is EvidenceKind.ESEAL:
            document = await services.objects.get(original_key(one.sha256), one.sha256)
            await services.collecting.seals.verify(document, unit_id)


def _sealed(services: Services, shift: roster.Shift, place: str) -> SealedShift:
    def seal(mobile: str, column: str) -> bytes | None:
        where = f"duty_shifts.{column}:{place}/{shift.number}"
        return services.collecting.sealer.seal(mobile, place=where) if mobile else None

    return SealedShift(
        number=shift.number,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        duty_name=shift.person.name,
        duty_mobile=seal(shift.person.mobile, "duty_mobile"),
        duty_masked=phones.masked(shift.person.mobile),
        leader_name=shift.leader.name,
        leader_mobile=seal(shift.leader.mobile, "leader_mobile"),
        leader_masked=phones.masked(shift.leader.mobile),
    )


def concealed(value: Any) -> Any:
    """A JSON value with every mobile number in its texts masked."""
    if isinstance(value, str):
        return phones.concealed(value)
    if isinstance(value, Mapping):
        return {name: concealed(one) for name, one in value.items()}
    return [concealed(one) for one in value] if isinstance(value, list) else value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield name
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _error(field: str, code: str, message: str) -> dict[str, str]:
    return {"field": field, "code": code, "message": message}
