"""``bihuan policy check``: a bad policy is one sentence with the field, a good one is shown with what it does."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy import folder, postgres
from deploy.processes import StackError
from deploy.sample.district import DISTRICT
from services.cli import policy as command
from tests import launched
from tests.launched import Launched

DOCS = Path(__file__).parent.parent / "docs" / "policy.md"
TERMS: dict[str, Any] = DISTRICT["policies"][0]["terms"]
Spoil = Callable[[dict[str, Any]], object]


def _file(tmp_path: Path, value: object) -> Path:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(value), encoding="utf-8")
    return file


async def _check(file: Path, *words: str) -> tuple[int, str, str]:
    return await launched.command("policy", "check", str(file), *words)


def _refused(file: Path) -> str:
    """The sentence of a refusal, without a process of its own."""
    with pytest.raises(StackError) as told:
        command.check(file, None, datetime(2026, 12, 1, tzinfo=UTC))
    return str(told.value).replace(str(file), "FILE")


async def test_a_good_policy_is_shown_with_what_it_does(tmp_path: Path) -> None:
    code, out, err = await _check(_file(tmp_path, TERMS), "--level", "general", "--at", "2026-12-01T09:00")
    assert (code, err) == (0, "")
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in out.splitlines() if "│" in line]
    assert ["整改时限", "15 个自然日", ""] in rows
    assert ["整改时限（类别 food）", "5 个工作日", ""] in rows
    assert ["领导小组办公室", "到期后 3 个工作日", "黄色"] in rows
    steps = [row for row in rows if len(row) == 4]
    assert steps[:2] == [
        ["2026-12-01 09:00", "发现上报，响应时限至2026年12月3日17:30", "待办：督导组", ""],
        ["2026-12-02 08:30", "临期提醒", "临期提醒：督导组", ""],
    ]
    assert ["2026-12-03 17:30", "到期未办，标记逾期", "逾期：督导组；督办单：督导组", "蓝色"] in steps
    assert ["2026-12-15 17:30", "逐级督办", "逐级督办：组长；督办单：督导组", "红色"] in steps
    assert steps[-1] == ["2027-01-15 17:30（暂定）", "逾期催办", "逾期催办：督导组、组长", "红色"]
    assert "国庆节期间（2026-09-25 至 2026-10-08）到期的，督办间隔按 50% 计。" in out
    assert "等级 major" not in out


async def test_the_sample_district_passes_with_every_level() -> None:
    code, out, err = await _check(Path(command.__file__).parents[2] / "deploy" / "sample" / "district.json")
    assert (code, err) == (0, "")
    assert "等级 general" in out
    assert "等级 major" in out
    assert out.splitlines()[-1].endswith("可以载入：1 份政策，没有缺漏，也没有循环。")


async def test_a_gap_is_one_sentence_that_names_file_and_field(tmp_path: Path) -> None:
    spoilt = copy.deepcopy(TERMS)
    del spoilt["limits"]["general"]["respond"]
    file = _file(tmp_path, spoilt)
    assert await _check(file) == (1, "", f"{file} 的 limits.general.respond：缺少响应时限。\n")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda t: t["limits"]["general"]["rectify"].update(amount=0),
            "limits.general.rectify.amount：时限须在",
        ),
        (
            lambda t: t["limits"]["general"]["rectify"].update(amount=True),
            "limits.general.rectify.amount：须为整数",
        ),
        (
            lambda t: t["limits"]["general"]["rectify"].update(amount="15"),
            "limits.general.rectify.amount：须为整数",
        ),
        (
            lambda t: t["limits"]["general"]["rectify"].update(on="2026-10-08"),
            "limits.general.rectify.on：只有指定",
        ),
        (
            lambda t: t["limits"]["general"]["rectify"].update(days=1),
            "limits.general.rectify.days：没有这个字段",
        ),
        (
            lambda t: t["limits"]["general"]["rectify"].pop("unit"),
            "limits.general.rectify.unit：缺少这个字段",
        ),
        (
            lambda t: t["limits"]["general"].update(repair={}),
            "limits.general.repair：须为 respond、rectify、",
        ),
        (
            lambda t: t["category_limits"]["food"]["general"]["rectify"].update(amount=4000),
            "category_limits.food.general.rectify.amount：时限须在 1 至 3660 之间",
        ),
        (
            lambda t: t["ladders"]["general"]["rungs"][0]["after"].update(amount=-1),
            "ladders.general.rungs.0.after.amount：时限须在",
        ),
        (lambda t: t["ladders"]["general"].update(rungs=[]), "ladders.general.rungs：督办阶梯一级也没有"),
        (
            lambda t: t["ladders"]["general"]["rungs"][1].update(to="unit_head"),
            "ladders.general.rungs.1.to：又回到",
        ),
        (
            lambda t: t["ladders"]["general"]["rungs"][1].update(to="king"),
            "ladders.general.rungs.1.to：须为 rectifier、",
        ),
        (lambda t: t["ladders"]["major"].update(longest_gap=99), "ladders.major.longest_gap：须在 1 至 20"),
        (lambda t: t["periods"][0].update(last="2026-09-31"), "periods.0.last：没有这一天"),
        (lambda t: t.update(colour="red"), "colour：没有这个字段"),
        (lambda t: t.update({"a\nb\ud800": 1}), "：字段名含有不能保存的字符"),
        (lambda t: t.update({"a\nb": 1}), "…：没有这个字段"),
        (lambda t: t.update(region="CN\0"), "region：含有不能保存的字符"),
        (lambda t: t.update(calendar={"hours": {"spans": []}}), "calendar：政策不带日历"),
        (lambda t: t.update(periods=[[[[[[[[[[1]]]]]]]]]]), "periods.0.0.0.0.0.0.0.0：层次过深"),
        (lambda t: t.pop("evidence"), "evidence：缺少这个字段"),
        (lambda t: t.pop("limits"), "limits：一个时限也没有"),
    ],
)
def test_a_fault_of_the_terms_names_the_whole_path(tmp_path: Path, spoil: Spoil, said: str) -> None:
    spoilt = copy.deepcopy(TERMS)
    spoil(spoilt)
    told = _refused(_file(tmp_path, spoilt))
    assert said in told
    assert told.startswith("FILE 的 ")
    assert len(told.splitlines()) == 1


def _second(document: dict[str, Any]) -> None:
    row = copy.deepcopy(document["policies"][0]) | {
        "version": "2027-1",
        "valid_from": "2027-01-01T00:00:00+08:00",
    }
    row["terms"]["version"] = "2027-1"
    del row["terms"]["ladders"]["major"]
    document["policies"].append(row)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_second, "policies 第 2 行的 terms.ladders.major：该等级没有督办阶梯，逾期后无人知晓。"),
        (
            lambda d: d["levels"].append(d["levels"][0] | {"code": "small"}),
            "policies 第 1 行的 terms.limits.small：该等级没有时限。",
        ),
        (
            lambda d: d["policies"][0].update(version="x"),
            "policies 第 1 行的 terms.version：须与本行的 version 相同。",
        ),
        (lambda d: d["policies"][0].update(terms=[]), "policies 第 1 行的 terms：须为对象。"),
        (lambda d: d["policies"][0].pop("valid_from"), "policies 第 1 行的 valid_from：缺少这个字段。"),
    ],
)
def test_a_fault_of_a_document_names_its_row_too(tmp_path: Path, spoil: Spoil, said: str) -> None:
    document = copy.deepcopy(dict(DISTRICT))
    spoil(document)
    assert _refused(_file(tmp_path, document)) == f"FILE 不能载入：{said}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"version": }', "FILE 不是正确的 JSON：第 1 行第 13 列有误。"),
        (b'{"reopen_days": ' + b"9" * 5000 + b"}", "FILE 不是 UTF-8 编码的 JSON 文件。"),
        (b"[" * 100_000, "FILE 不是 UTF-8 编码的 JSON 文件。"),
        (b"[]", "FILE 须是一个 JSON 对象：一份政策，或含有 policies 的整份目录。"),
        (b"{}", "FILE 的 version：缺少这个字段。"),
        (b'{"units": []}', "FILE 里没有政策（policies）。"),
        (b'{"policies": []}', "FILE 里没有政策（policies）。"),
    ],
)
def test_a_file_that_is_no_policy_is_one_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "policy.json"
    file.write_bytes(content)
    assert _refused(file) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--level", "small"), "政策 2026-1 没有等级 small，可用的等级为 general、major。"),
        (("--at", "tomorrow"), "--at 须为 2000 至 2099 年间的时间，如 2026-12-01T09:00。"),
        (("--at", "9999-12-31"), "--at 须为 2000 至 2099 年间的时间，如 2026-12-01T09:00。"),
        (
            ("--case", "YH-2026-000001", "--level", "general"),
            "--case 从此刻算起，不与 --level、--at 一起使用。",
        ),
    ],
)
async def test_what_cannot_be_shown_is_one_sentence(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    assert await _check(_file(tmp_path, TERMS), *words) == (1, "", f"{said}\n")


async def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    code, out, err = await _check(tmp_path / "none.json")
    assert (code, out) == (1, "")
    assert "无法读取" in err
    assert len(err.splitlines()) == 1


async def _cases(sampled: Launched) -> dict[str, tuple[str, str]]:
    """Of each stage one case, with its snapshot."""
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


async def test_a_case_of_the_record_is_held_against_the_policy_and_left_alone(
    sampled: Launched, tmp_path: Path
) -> None:
    newer = copy.deepcopy(TERMS) | {"version": "2027-1"}
    for level in ("general", "major"):
        newer["limits"][level]["rectify"]["amount"] = 60
    before = await _cases(sampled)
    number = before["rectifying"][0]
    code, out, err = await _check(_file(tmp_path, newer), "--case", number, "--data", str(sampled.data))
    assert (code, err) == (0, "")
    assert f"{number} 自此刻起无人办理，60 日内" in out
    assert "现行 2026-1" in out
    assert "新政策 2027-1" in out
    [limits] = [line.split("│")[2:4] for line in out.splitlines() if line.startswith("│ 时限")]
    assert all("整改时限至" in one for one in limits)
    assert limits[0].strip() != limits[1].strip()
    assert await _cases(sampled) == before


async def test_a_case_that_is_unknown_or_finished_is_one_sentence(sampled: Launched, tmp_path: Path) -> None:
    closed, file = (await _cases(sampled))["closed"][0], _file(tmp_path, TERMS)
    data = ("--data", str(sampled.data))
    unknown = await _check(file, "--case", "YH-1999-000001", *data)
    assert unknown == (1, "", "没有案号为 YH-1999-000001 的隐患。\n")
    assert await _check(file, "--case", closed, *data) == (
        1,
        "",
        f"{closed} 已经办结（已销号），没有时限可以试算。\n",
    )


def test_the_page_names_every_field_of_a_policy() -> None:
    text = DOCS.read_text(encoding="utf-8")
    described = {line.split("`")[1] for line in text.splitlines() if line.startswith("| `")}
    ladder, rung = TERMS["ladders"]["general"], TERMS["ladders"]["general"]["rungs"][2]
    wanted = [*TERMS, *ladder, *rung, *TERMS["periods"][0], "unit", "amount", "on", "minute", "ends"]
    assert set(wanted) <= described
