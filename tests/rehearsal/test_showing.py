"""What a timeline looks like: on a narrow screen, and as a picture."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from deploy.processes import StackError
from deploy.rehearsal import page
from deploy.rehearsal.scenario import Scenario
from deploy.rehearsal.timeline import Kind, Line
from deploy.rehearsal.variations import Variations
from services.cli import rehearse, rehearsing

NOON = datetime(2022, 9, 28, 4, tzinfo=UTC)
HAZARD, COLLECTION = "YH-2022-000001", "SJ-2022-000001"
LINES = [
    Line(
        at=NOON,
        kind=Kind.REMINDER,
        case=HAZARD,
        unit="ec01",
        post="ec01-safety",
        text=f"{HAZARD} 食堂：今日到期",
    ),
    Line(at=NOON, kind=Kind.ACT, case=COLLECTION, unit="ec02", text="请报送"),
    Line(at=NOON, kind=Kind.ACT, case=COLLECTION, unit="ec03", text="请报送"),
]
SCENARIO = Scenario.model_validate(
    {
        "name": "试",
        "starts": NOON,
        "district": {"units": 9, "since": date(2022, 1, 1)},
        "events": [{"at": NOON, "outage": {"until": NOON + timedelta(hours=1)}}],
    }
)


def _kept(tmp_path: Path, name: str, *lines: Line) -> Path:
    file = tmp_path / name
    file.write_text("\n".join(line.as_json() for line in lines), encoding="utf-8")
    return file


def test_on_a_narrow_screen_number_and_days_of_what_moves_stay_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    later = Line(**{**vars(LINES[0]), "at": NOON + timedelta(days=1)})
    rehearse.compare(_kept(tmp_path, "原.jsonl", LINES[0]), _kept(tmp_path, "现.jsonl", later), Variations())
    told = capsys.readouterr().out
    for whole in (HAZARD, "2022-09-28", "2022-09-29"):
        assert whole in told
    assert "…" not in told


def test_a_comparison_is_a_table_and_says_so(tmp_path: Path) -> None:
    kept = _kept(tmp_path, "原.jsonl", *LINES)
    for more in ({"as_json": True}, {"html": tmp_path / "页.html"}):
        with pytest.raises(StackError, match="只列出差别"):
            rehearsing.rehearse(kept, kept, compare=True, **more)
    assert not (tmp_path / "页.html").exists()


def test_a_lane_names_a_unit_only_where_it_is_about_one() -> None:
    text = page.page(SCENARIO, LINES, timedelta())
    assert text.count(">ec01</text>") == 1
    assert ">ec02</text>" not in text


def test_a_timeline_that_is_there_already_cannot_be_varied(tmp_path: Path) -> None:
    kept = _kept(tmp_path, "现.jsonl", *LINES)
    with pytest.raises(StackError, match="只用于第二个推演方案"):
        rehearse.compare(kept, kept, Variations(without=("p-deputy@deputy",)))
