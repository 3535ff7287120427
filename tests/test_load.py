"""``bihuan load``: a whole document or nothing, and a sentence that says where it is wrong."""

import asyncio
import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from adapters.postgres.document import OPTIONAL
from adapters.postgres.loading import COLUMNS
from deploy import folder, postgres
from deploy.loopback import free_ports
from deploy.processes import StackError
from deploy.sample.district import DISTRICT
from services.cli import load as command
from services.cli import stack
from tests import launched
from tests.launched import Launched

DEPLOYMENT = Path(__file__).parent.parent / "docs" / "deployment.md"
Document = dict[str, Any]


async def _load(sampled: Launched, tmp_path: Path, document: object) -> tuple[int, str, str]:
    file = tmp_path / "district.json"
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    code, out, err = await launched.command("load", str(file), "--data", str(sampled.data))
    return code, out, err.replace(str(file), "FILE")


async def _refused(sampled: Launched, file: Path) -> str:
    """The sentence of a refusal, without a process of its own."""
    with pytest.raises(StackError) as told:
        await asyncio.to_thread(command.run, file, stack.settings(sampled.data))
    return str(told.value).replace(str(file), "FILE")


async def _people(sampled: Launched) -> int:
    return await _count(sampled, "SELECT count(*) FROM people")


async def _noted(sampled: Launched) -> int:
    return await _count(sampled, "SELECT count(*) FROM access_log WHERE subject = 'load' AND channel = 'cli'")


async def _count(sampled: Launched, asked: str) -> int:
    owner = await asyncpg.connect(
        postgres.url(sampled.data, postgres.OWNER, folder.secrets(sampled.data).owner)
    )
    try:
        count: int = await owner.fetchval(asked)
    finally:
        await owner.close()
    return count


def _another() -> Document:
    """A unit with its post and person that leans on rows that are there already."""
    unit = dict(DISTRICT["units"][1]) | {
        "id": "ec77",
        "name": "新设养老院（示例）",
        "unit_post": "ec77-safety",
    }
    return {
        "units": [unit],
        "posts": [
            {"id": "ec77-safety", "title": "新设养老院安全员", "role": "unit_staff", "unit_id": "ec77"}
        ],
        "people": [{"id": "p-ec77", "name": "新设安全员示例"}],
        "holders": [{"post_id": "ec77-safety", "person_id": "p-ec77"}],
    }


async def test_a_document_is_loaded_once_however_often_it_is_sent(sampled: Launched, tmp_path: Path) -> None:
    before, noted = await _people(sampled), await _noted(sampled)
    first = await _load(sampled, tmp_path, _another())
    second = await _load(sampled, tmp_path, _another())
    assert first == (0, "已载入 4 行，另有 0 行原已存在、保持不变。\n", "")
    assert second == (0, "已载入 0 行，另有 4 行原已存在、保持不变。\n", "")
    assert await _people(sampled) == before + 1
    assert await _noted(sampled) == noted + 1


async def test_the_sample_itself_is_a_document_that_loads(sampled: Launched, tmp_path: Path) -> None:
    rows = sum(len(table) for table in DISTRICT.values())
    code, out, err = await _load(sampled, tmp_path, DISTRICT)
    assert (code, out, err) == (0, f"已载入 0 行，另有 {rows} 行原已存在、保持不变。\n", "")


def _without_a_title(document: Document) -> None:
    del document["posts"][3]["title"]


def _with_a_field_too_many(document: Document) -> None:
    document["units"][1]["colour"] = "red"


def _with_a_level_that_is_text(document: Document) -> None:
    document["levels"][1]["major"] = "yes"


def _with_a_version_that_is_true(document: Document) -> None:
    document["categories"][0]["version"] = True


def _with_an_instant_without_zone(document: Document) -> None:
    document["criteria"][2]["valid_from"] = "2026-01-01T00:00:00"


def _with_a_role_nobody_knows(document: Document) -> None:
    document["posts"][0]["role"] = "king"


def _with_a_holder_nobody_knows(document: Document) -> None:
    document["holders"][4]["person_id"] = "nobody"


def _with_a_team_that_is_not_there(document: Document) -> None:
    document["units"][2]["team_post"] = "team-99"


def _with_the_same_person_twice(document: Document) -> None:
    document["people"].append(document["people"][0])


def _with_a_table_nobody_knows(document: Document) -> None:
    document["pets"] = []


def _with_a_policy_without_evidence(document: Document) -> None:
    del document["policies"][0]["terms"]["evidence"]


def _with_limits_for_a_level_nobody_knows(document: Document) -> None:
    terms = document["policies"][0]["terms"]
    for table in ("limits", "ladders"):
        terms[table]["small"] = terms[table]["general"]


def _with_limits_for_a_category_nobody_knows(document: Document) -> None:
    document["policies"][0]["terms"]["category_limits"]["fier"] = {"general": {}}


def _with_a_named_date_before_the_policy(document: Document) -> None:
    document["policies"][0]["terms"]["limits"]["major"]["verify"] = {"unit": "named_date", "on": "2025-12-31"}


def _with_a_limit_of_no_length(document: Document) -> None:
    document["policies"][0]["terms"]["limits"]["major"]["verify"]["amount"] = 0


def _with_a_ladder_to_nobody(document: Document) -> None:
    document["policies"][0]["terms"]["ladders"]["general"]["rungs"] = []


def _with_two_leaders(document: Document) -> None:
    document["holders"].append({"post_id": "leader", "person_id": "p-new"})


def _with_a_team_that_is_an_office(document: Document) -> None:
    document["units"].append(dict(document["units"][1]) | {"id": "ec88", "team_post": "office"})


def _with_a_desk_nobody_knows(document: Document) -> None:
    document["desks"][1]["name"] = "reception"


def _with_a_zero_character(document: Document) -> None:
    document["people"][1]["name"] = "甲\0乙"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_without_a_title, "posts 第 4 行的 title：缺少这个字段。"),
        (_with_a_field_too_many, "units 第 2 行的 colour：没有这个字段，可用的字段为 id、name、kind、"),
        (_with_a_level_that_is_text, "levels 第 2 行的 major：须为 true 或 false。"),
        (_with_a_version_that_is_true, "categories 第 1 行的 version：须为正整数。"),
        (_with_an_instant_without_zone, "criteria 第 3 行的 valid_from：须为带时区的时间，"),
        (_with_a_role_nobody_knows, "posts 第 1 行的 role：须为 unit_staff、unit_head、"),
        (_with_a_holder_nobody_knows, "holders 第 5 行的 person_id：people 里没有这个 id。"),
        (_with_a_team_that_is_not_there, "units 第 3 行的 team_post：posts 里没有这个 id。"),
        (_with_the_same_person_twice, f"people 第 {len(DISTRICT['people']) + 1} 行与第 1 行重复。"),
        (_with_a_table_nobody_knows, "没有名为 pets 的表，可用的表为 unit_kinds、areas、units、posts、"),
        (_with_a_policy_without_evidence, "policies 第 1 行的 terms.evidence：缺少这个字段。"),
        (
            _with_limits_for_a_level_nobody_knows,
            "policies 第 1 行的 terms.limits.small：levels 里没有这个 code。",
        ),
        (
            _with_limits_for_a_category_nobody_knows,
            "policies 第 1 行的 terms.category_limits.fier：categories 里没有这个 code。",
        ),
        (
            _with_a_named_date_before_the_policy,
            "policies 第 1 行的 terms.limits.major.verify.on：指定日期早于政策生效之日。",
        ),
        (
            _with_a_limit_of_no_length,
            "policies 第 1 行的 terms.limits.major.verify.amount：时限须在 1 至 3660 之间。",
        ),
        (
            _with_a_ladder_to_nobody,
            "policies 第 1 行的 terms.ladders.general.rungs：督办阶梯一级也没有，逾期后无人知晓。",
        ),
        (_with_a_desk_nobody_knows, "desks 第 2 行不合数据库的约束 desks_name_check。"),
        (_with_two_leaders, "holders 的 leader/p-"),
        (_with_a_team_that_is_an_office, "units 的 ec88：包联的岗位须是督导组。"),
        (_with_a_zero_character, "people 第 2 行的 name：须为非空文字。"),
    ],
)
async def test_a_bad_document_loads_nothing_and_says_where_it_is_bad(
    sampled: Launched, tmp_path: Path, spoil: Callable[[Document], None], said: str
) -> None:
    document: Document = copy.deepcopy(dict(DISTRICT)) | {
        "people": [*copy.deepcopy(DISTRICT["people"]), {"id": "p-new", "name": "新人"}]
    }
    if spoil is _with_the_same_person_twice:
        document["people"].pop()
    spoil(document)
    before = await _people(sampled)
    file = tmp_path / "district.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    line = await _refused(sampled, file)
    assert line.startswith(f"FILE 未载入：{said}")
    assert len(line.splitlines()) == 1
    assert await _people(sampled) == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"units": [\n  {"id": }]}', "FILE 不是正确的 JSON：第 2 行第 10 列有误。"),
        ("{}".encode("utf-16"), "FILE 不是 UTF-8 编码的 JSON 文件。"),
        (b"[]", "FILE 未载入：文件须是一个 JSON 对象，每张表一个数组。"),
        (b'{"units": {}}', "FILE 未载入：units 须是数组，每行一个对象。"),
        (b'{"units": [1]}', "FILE 未载入：units 第 1 行须是对象。"),
    ],
)
async def test_a_file_that_is_no_document_is_one_sentence(
    sampled: Launched, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "district.json"
    file.write_bytes(content)
    assert await _refused(sampled, file) == said


async def test_a_file_that_is_not_there_is_one_sentence(sampled: Launched, tmp_path: Path) -> None:
    code, out, err = await launched.command("load", str(tmp_path / "none.json"), "--data", str(sampled.data))
    assert (code, out) == (1, "")
    assert "无法读取" in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("table", COLUMNS)
def test_the_deployment_page_describes_every_table_with_its_fields(table: str) -> None:
    text = DEPLOYMENT.read_text(encoding="utf-8")
    described = {
        row[0].strip(" `"): set(re.findall(r"`(\w+)`", row[2]))
        for row in (line.strip("|").split("|") for line in text.splitlines() if line.startswith("|"))
        if len(row) == 4
    }
    assert described[table] == {*COLUMNS[table], *OPTIONAL.get(table, ())}


async def test_a_database_that_is_away_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [port] = free_ports(1)
    monkeypatch.setenv(
        "BIHUAN_DATABASE_URL", f"postgresql://bihuan_app:correct-horse@127.0.0.1:{port}/bihuan"
    )
    file = tmp_path / "district.json"
    file.write_text("{}", encoding="utf-8")
    ended = await launched.command("load", str(file))
    assert ended == (1, "", "未载入：数据库没有及时答复，请确认它在运行后重试。\n")


@pytest.mark.parametrize(
    ("database", "said"),
    [
        ("template1", "未载入：数据库还没有执行迁移，请先运行 bihuan prepare。\n"),
        ("nowhere", "未载入：数据库拒绝了（InvalidCatalogNameError），请核对连接地址和账号。\n"),
    ],
)
async def test_a_database_that_is_not_ours_is_one_sentence(
    sampled: Launched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str, said: str
) -> None:
    ours = urlsplit(postgres.url(sampled.data, postgres.APP, folder.secrets(sampled.data).app))
    monkeypatch.setenv("BIHUAN_DATABASE_URL", urlunsplit(ours._replace(path=f"/{database}")))
    file = tmp_path / "district.json"
    file.write_text("{}", encoding="utf-8")
    assert await launched.command("load", str(file)) == (1, "", said)
