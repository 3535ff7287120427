"""A scenario that cannot be played is refused before anything starts, by line and reason (issue: bad scenarios)."""

from pathlib import Path

import pytest

from deploy.processes import StackError
from deploy.rehearsal.variations import Variations
from services.cli import rehearse

GOOD = """\
format: 1
name: 试
starts: 2022-09-26T09:00
district: {units: 9, since: 2022-01-01}
events:
  - at: 2022-09-27T09:30
    report:
      case: 甲
      by: team-1
      unit: ec01
      place: 楼梯口
      category: fire
      description: 堆放杂物
  - at: 2022-09-27T09:40
    act: {case: 甲, do: confirm, by: team-1}
"""


ACT = "act: {case: 甲, do: confirm, by: team-1}"


def _refused(tmp_path: Path, text: str) -> str:
    file = tmp_path / "方案.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StackError) as told:
        rehearse.play(file, Variations())
    return str(told.value)


@pytest.mark.parametrize(
    ("wrong", "right", "line", "reason"),
    [
        ("by: team-1\n      unit", "by: team-9\n      unit", 9, "没有岗位 team-9"),
        ("unit: ec01", "unit: ec99", 10, "没有单位 ec99"),
        ("category: fire", "category: water", 12, "没有隐患类别 water"),
        ("at: 2022-09-27T09:30", "at: 2022-09-25T09:30", 6, "早于方案开始的时间 2022-09-26 09:00"),
        ("at: 2022-09-27T09:30", "at: 2022-09-27T09:30:01", 6, "时间须为整分钟"),
        ("at: 2022-09-27T09:40", "at: 2022-09-27T09:20", 15, "“甲”到 2022-09-27 09:30 才上报或发起"),
        ("case: 甲, do", "case: 乙, do", 15, "“乙”没有在方案中上报或发起"),
        ("do: confirm", "do: fly", 15, "不是允许的值"),
        ("do: confirm", "do: close", 15, "督导组在任何环节都不能“销号”，可以的是：领导小组领导"),
        (ACT, "submit: {case: 甲}", 15, "“甲”没有在方案中上报或发起"),
        (ACT, "read: {case: 乙, units: [ec99]}", 15, "没有单位 ec99"),
        (
            ACT,
            "collect: {case: 乙, by: team-1, with: {kind: x}}",
            15,
            "督导组不能“发起收集”，可以的是：领导小组办公室",
        ),
        (ACT, "collect: {case: 乙, with: {titel: 日报告}}", 15, "“发起收集”没有字段 titel"),
        (ACT, "collect: {case: 乙, with: {audience: {units: [ec99]}}}", 15, "没有单位 ec99"),
        (ACT, "collect: {case: 乙, with: {audience: 全区, contact_post: nobody}}", 15, "没有岗位 nobody"),
        (ACT, "decide: {case: 甲, do: exempt, by: team-1}", 15, "督导组不能“单位免报”"),
        (ACT, "decide: {case: 甲, do: exempt, with: {unit_id: ec99}}", 15, "没有单位 ec99"),
        (
            ACT,
            "registration: {case: 甲, unit: ec01, received_at: 2022-09-27T09:00:00+08:00, by: leader}",
            15,
            "不能“代登记”",
        ),
        (
            ACT,
            "bulletin: {case: 甲, do: sign, by: office}",
            15,
            "领导小组办公室不能“签发”，可以的是：领导小组领导",
        ),
        (
            ACT,
            "bulletin: {case: 甲, do: correct, by: office, with: {units: [{unit_id: ec99}]}}",
            15,
            "没有单位 ec99",
        ),
        ("act: {", "acts: {", 15, "不是推演方案里的字段"),
        ("    act: {case: 甲, do: confirm, by: team-1}", "    plan: 1", 15, "的值不对"),
        ("name: 试\n", "", 1, "name 没有写"),
        ("format: 1", "format: 2", 1, "format"),
        ("district: {", "district: [", 4, "不是有效的 YAML"),
        ("by: team-1}", "by: team-1/p-nobody}", 15, "没有人员 p-nobody"),
        ("by: team-1}", "by: team-1, with: {reazon: 有误}}", 15, "“核实确认”没有字段 reazon"),
        ("name: 试\n", "name: 试\nname: 又试\n", 3, "name 写了两次"),
        ("starts: 2022", "starts: 1822", 3, "年份须在 1990 与 2100 之间"),
        ("since: 2022-01-01", "since: 2022-10-01", 4, "须不晚于方案开始的日子"),
        (
            "events:",
            "policy: {limits.general.rectify.speed: 3}\nevents:",
            5,
            "时限政策里没有 limits.general.rectify.speed",
        ),
        (
            "events:",
            "policy: {limits.general.rectify.amount: 很久}\nevents:",
            5,
            "limits.general.rectify.amount 须为整数",
        ),
        (
            "events:",
            "policy:\n  limits.general.rectify: {unit: working_days, amount: 0}\nevents:",
            6,
            "时限须在 1 至",
        ),
    ],
)
def test_a_fault_is_named_by_line_and_reason(
    tmp_path: Path, wrong: str, right: str, line: int, reason: str
) -> None:
    text = GOOD.replace(wrong, right)
    assert text != GOOD
    told = _refused(tmp_path, text)
    assert f"第 {line} 行：" in told
    assert reason in told


@pytest.mark.parametrize("text", ["", "- 1\n", "一句话\n"])
def test_what_is_no_scenario_at_all_is_told_what_one_is(tmp_path: Path, text: str) -> None:
    assert "第 1 行：推演方案须由字段和值组成" in _refused(tmp_path, text)


def test_two_cases_of_one_name_are_refused(tmp_path: Path) -> None:
    again = GOOD.split("events:\n")[1].split("  - at: 2022-09-27T09:40")[0]
    assert "第 18 行：“甲”已用来称呼另一件" in _refused(tmp_path, GOOD + again)


def test_a_page_that_cannot_be_written_is_said_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="不能写入"):
        rehearse.run(tmp_path / "没有.yaml", Variations(), as_json=False, html=tmp_path / "没有" / "页.html")


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    told = _refused(
        tmp_path, GOOD.replace("ec01", "ec99").replace("do: confirm, by: team-1", "do: confirm, by: x")
    )
    assert "没有单位 ec99" in told
    assert "没有岗位 x" in told


def test_a_file_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="不能读取"):
        rehearse.play(tmp_path / "没有.yaml", Variations())


@pytest.mark.parametrize(
    ("otherwise", "reason"),
    [
        (Variations(terms=["policy.limits.general.rectify.speed=3"]), "时限政策里没有"),
        (Variations(terms=["policy.limits.general.rectify.amount=很久"]), "amount 须为整数"),
        (Variations(terms=["policy.limits.general.rectify.amount=0"]), "时限须在 1 至"),
        (Variations(terms=["limits=3"]), "--set 的写法是"),
        (Variations(without=["p-team1a@office"]), "p-team1a 不在 office 岗位上"),
    ],
)
def test_a_variation_of_something_that_is_not_there_is_refused(
    tmp_path: Path, otherwise: Variations, reason: str
) -> None:
    file = tmp_path / "方案.yaml"
    file.write_text(GOOD, encoding="utf-8")
    with pytest.raises(StackError, match=reason):
        rehearse.play(file, otherwise)
