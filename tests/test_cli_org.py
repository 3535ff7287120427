"""``bihuan org``: shown, changed by a file with the difference first, and checked; a bad file changes nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import launched
from tests.launched import Launched

Document = dict[str, Any]


async def _org(sampled: Launched, *words: str) -> tuple[int, str, str]:
    return await launched.command("org", *words, "--data", str(sampled.data))


async def _shown(sampled: Launched) -> Document:
    code, out, err = await _org(sampled, "show")
    assert (code, err) == (0, "")
    document: Document = json.loads(out)
    return document


def _file(tmp_path: Path, document: Document) -> str:
    file = tmp_path / "organisation.json"
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return str(file)


async def test_what_is_shown_applied_again_changes_nothing(sampled: Launched, tmp_path: Path) -> None:
    file = _file(tmp_path, await _shown(sampled))
    assert await _org(sampled, "apply", file, "--yes") == (0, "没有变动。\n", "")


async def test_the_difference_is_shown_first_and_made_once_however_often_it_is_applied(
    sampled: Launched, tmp_path: Path
) -> None:
    file = _file(
        tmp_path,
        {
            "people": [{"id": "p-next", "name": "接任示例"}],
            "holders": [{"post_id": "affairs-head", "person_id": "p-next"}],
        },
    )
    before = await _shown(sampled)
    code, shown, err = await _org(sampled, "apply", file, "--dry-run")
    assert (code, err) == (0, "")
    lines = shown.splitlines()
    assert lines[0] == "+ 人员 p-next：id p-next，name 接任示例"
    assert lines[1].startswith("~ 任职 affairs-head/p-affairs：valid_to 长期 → ")
    assert lines[2].startswith(
        "+ 任职 affairs-head/p-next：post_id affairs-head，person_id p-next，valid_from "
    )
    assert await _shown(sampled) == before
    code, out, err = await _org(sampled, "apply", file, "--yes", "--reason", "人事任免")
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].startswith("已调整，变动 3 行，为第 ")
    assert await _org(sampled, "apply", file, "--yes") == (0, "没有变动。\n", "")


async def test_without_an_answer_nothing_is_changed(sampled: Launched, tmp_path: Path) -> None:
    file = _file(tmp_path, {"areas": [{"id": "far-town", "name": "远镇"}]})
    before = await _shown(sampled)
    code, out, _ = await _org(sampled, "apply", file)
    assert (code, out.rstrip()) == (1, "+ 镇与片区 far-town：id far-town，name 远镇")
    assert await _shown(sampled) == before


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"pets": []}, "未载入：没有名为 pets 的表，可用的表为 unit_kinds、areas、"),
        ({"holders": [{"post_id": "office"}]}, "未载入：holders 第 1 行的 person_id：缺少这个字段。"),
        (
            {
                "substitutions": [
                    {
                        "post_id": "team-1",
                        "absent_id": "p-team1a",
                        "substitute_id": "p-relief",
                        "first_day": "5月1日",
                        "last_day": "2031-05-02",
                    }
                ]
            },
            "未载入：substitutions 第 1 行的 first_day：须为日期，如 2026-12-01。",
        ),
        (
            {"holders": [{"post_id": "office", "person_id": "p-relief"}]},
            "未调整：holders 的 office/p-relief/",
        ),
        (
            {"posts": [{"id": "x", "title": "某岗", "role": "member", "unit_id": "y"}]},
            "未调整：posts 的 x：没有这个单位。",
        ),
    ],
)
async def test_a_bad_file_changes_nothing_and_the_row_is_named(
    sampled: Launched, tmp_path: Path, document: Document, said: str
) -> None:
    before = await _shown(sampled)
    file = _file(tmp_path, document)
    code, out, err = await _org(sampled, "apply", file, "--yes")
    assert (code, out, len(err.splitlines())) == (1, "", 1)
    assert said in err
    assert await _shown(sampled) == before


async def test_who_takes_a_post_is_named_as_post_and_person(sampled: Launched, tmp_path: Path) -> None:
    file = _file(tmp_path, {"people": []})
    code, _, err = await _org(sampled, "apply", file, "--take", "ec02-safety")
    assert (code, err) == (1, "--take 须写作 岗位=人员，如 --take ec02-safety=p-ec02-head。\n")


async def test_the_check_prints_what_lacks_and_says_so_by_its_code(sampled: Launched, tmp_path: Path) -> None:
    unit = {"id": "su77", "name": "新设服务中心（示例）", "kind": "subordinate", "district": "示例区"}
    post = {"id": "su77-safety", "title": "新设服务中心安全员", "role": "unit_staff", "unit_id": "su77"}
    file = _file(tmp_path, {"units": [unit | {"unit_post": "su77-safety"}], "posts": [post]})
    assert (await _org(sampled, "apply", file, "--yes"))[0] == 0
    code, out, err = await _org(sampled, "check")
    assert (code, err) == (1, "")
    told = {tuple(line.partition("：")[0].split(" ")) for line in out.splitlines()}
    assert {
        ("post_vacant", "su77-safety"),
        ("unit_without_head", "su77"),
        ("unit_without_team", "su77"),
    } <= told
