"""A rehearsal plays the real thing: the same bytes again, refusals in the timeline, what is otherwise beside it."""

from pathlib import Path

import pytest

from deploy.rehearsal.scenario import LOCAL
from deploy.rehearsal.timeline import Kind
from tests.rehearsal.played import SCENARIOS, lines, rehearse

SCENARIO = """\
format: 1
name: 试
starts: 2031-03-03T09:00
district: {units: 9, since: 2031-01-01}
events:
  - at: 2031-03-03T09:30
    report: {case: 甲, by: team-1, unit: ec01, place: 楼梯口, category: fire, item: fire-exit, description: 堆放杂物}
  - at: 2031-03-03T09:35
    report: {case: 乙, by: team-1, unit: ec01, place: 楼梯口, category: fire, item: fire-exit, description: 又报一次}
  - at: 2031-03-03T09:40
    act: {case: 甲, do: pass, by: team-1, evidence: [signature], with: {note: 合格}}
  - at: 2031-03-03T09:45
    collect:
      case: 日报
      with:
        kind: daily_report
        title: 日报告
        basis: 试
        due_at: "2031-03-04T11:30:00+08:00"
        wording: 3月4日（星期五）11:30前
        contact_phone: 010-55550100
  - at: 2031-03-03T09:50
    submit: {case: 日报, units: [ec01], zero: true}
  - at: 2031-03-03T10:00
    act: {case: 甲, do: confirm, by: team-1/p-team1b}
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("推演") / "试.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def told(scenario: Path) -> str:
    return rehearse(scenario, "--json")


def test_the_same_scenario_gives_the_same_bytes(scenario: Path, told: str) -> None:
    assert rehearse(scenario, "--json") == told


def test_what_people_do_and_what_the_rules_refuse_stands_in_the_timeline(told: str) -> None:
    acts = [line for line in lines(told) if line.channel == "API"]
    assert [(line.kind, line.step, line.case) for line in acts] == [
        (Kind.OPENED, "report", "YH-2031-000001"),
        (Kind.ACT, "report", "YH-2031-000001"),
        (Kind.REFUSED, "pass", "YH-2031-000001"),
        (Kind.REFUSED, "create", None),
        (Kind.REFUSED, "submit", None),
        (Kind.ACT, "confirm", "YH-2031-000001"),
    ]
    assert "“待核实”的隐患不能复查通过" in acts[2].text
    assert "星期五与到期时刻不符" in acts[3].text
    assert acts[4].text == "“日报”未能发起，此事不再办理"
    assert acts[5].person == "督导1组乙示例"


def test_the_clock_goes_on_at_its_nominal_instants_whatever_the_year(told: str) -> None:
    by_itself = [line for line in lines(told) if line.channel == "站内" and line.kind is not Kind.ACT]
    assert by_itself
    assert all((line.at.second, line.at.microsecond) == (0, 0) for line in by_itself)
    overdue = next(line for line in by_itself if line.kind is Kind.OVERDUE)
    # two working days after the report of Monday, at the close of business
    assert overdue.at.astimezone(LOCAL).isoformat() == "2031-03-05T17:30:00+08:00"


def test_what_is_otherwise_is_listed_beside_what_was(scenario: Path, told: str, tmp_path: Path) -> None:
    kept = tmp_path / "原.jsonl"
    kept.write_text(told, encoding="utf-8")
    assert "没有差别" in rehearse("--compare", kept, scenario)
    moved = rehearse("--compare", kept, scenario, "--set", "policy.limits.general.respond.amount=4")
    assert "逾期" in moved
    assert "2031-03-10" in "".join(moved.split())
    assert "—" in rehearse("--compare", kept, scenario, "--without", "p-team1b@team-1")
    assert "没有差别" not in rehearse("--compare", kept, scenario, "--holiday", "2031-03-05")


VACANT = """\
format: 1
name: 空缺
starts: 2031-03-03T09:00
ends: 2031-03-04T18:00
district: {units: 9, since: 2031-01-01}
events:
  - at: 2031-03-03T09:30
    report: {case: 甲, by: ec01-safety, unit: ec01, place: 楼梯口, category: fire, item: fire-exit, description: 堆放杂物}
  - at: 2031-03-03T09:40
    collect:
      case: 日报
      by: leader
      with: {kind: daily_report, title: 日报告, basis: 试, due_at: "2031-03-04T11:30:00+08:00", contact_phone: 010-55550100}
  - at: 2031-03-03T10:00
    submit: {case: 日报, zero: true}
  - at: 2031-03-03T10:10
    decide: {case: 日报, do: exempt, with: {unit_id: ec01, reason: 无人在岗}}
  - at: 2031-03-03T10:20
    succession: {post: general-office-head, person: p-new, name: 新任示例}
  - at: 2031-03-03T10:30
    decide: {case: 日报, do: exempt, with: {unit_id: ec01, reason: 无人在岗}}
"""


def test_a_post_that_nobody_holds_does_nothing_and_the_rehearsal_goes_on(tmp_path: Path) -> None:
    """Neither the office nor a unit's safety officer is there; a day off is set, the list read and the office filled all the same."""
    file = tmp_path / "空缺.yaml"
    file.write_text(VACANT, encoding="utf-8")
    absent = ("--without", "p-office@general-office-head", "--without", "p-ec01-safety@ec01-safety")
    told = lines(rehearse(file, "--json", *absent, "--holiday", "2031-03-05"))
    refused = [(line.step, line.unit, line.post) for line in told if line.kind is Kind.REFUSED]
    assert refused == [
        ("report", None, "ec01-safety"),
        ("submit", "ec01", "ec01-safety"),
        ("exempt", None, "office"),
    ]
    assert {line.text for line in told if line.kind is Kind.REFUSED} == {"岗位空缺，无人办理"}
    assert len({line.unit for line in told if line.kind is Kind.SUBMITTED}) == 8
    assert [line.step for line in told if line.kind is Kind.ACT and line.step == "exempt"] == ["exempt"]


def test_the_page_is_whole_and_escapes_what_a_scenario_says(scenario: Path, tmp_path: Path) -> None:
    hostile = tmp_path / "坏.yaml"
    hostile.write_text(
        scenario.read_text(encoding="utf-8").replace("堆放杂物", "<script>alert(1)</script>"),
        encoding="utf-8",
    )
    page = tmp_path / "页.html"
    rehearse(hostile, "--html", page)
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "http://" not in text
    assert "https://" not in text


@pytest.mark.parametrize("scenario_file", sorted(SCENARIOS.glob("*.yaml")), ids=lambda file: file.stem)
def test_a_shipped_scenario_gives_its_approved_timeline(scenario_file: Path) -> None:
    """After a wanted change: ``bihuan rehearse FILE --json > FILE.timeline.jsonl``, and look at the difference."""
    approved = scenario_file.with_suffix(".timeline.jsonl").read_text(encoding="utf-8")
    assert rehearse(scenario_file, "--json") == approved
