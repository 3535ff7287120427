"""``bihuan load`` with numbers: each is checked by row and field, sealed on file, and never quoted."""

from typing import Any

import pytest

from adapters.postgres.document import BadDocument
from adapters.postgres.loading import load
from deploy.sample.contacts import contacts
from deploy.sample.district import DISTRICT
from services import bootstrap
from tests.harness import World

MINE = {"person_id": "p-office", "mobile": "13800000077"}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ([{"person_id": "p-office", "mobile": "12345"}], "contacts 第 1 行的 mobile：手机号须为 11 位"),
        ([MINE, {"post_id": "office", "landline": "1"}], "contacts 第 2 行的 landline：固定电话须写作"),
        (
            [{"person_id": "p-office", "landline": "010-55550001"}],
            "contacts 第 1 行的 landline：固定电话登记在岗位上",
        ),
        ([{"mobile": "13800000077"}], "contacts 第 1 行的 person_id：person_id 与 post_id 须填且只填一个"),
        ([{"person_id": "p-nobody", "mobile": "13800000077"}], "contacts 第 1 行的 person_id：people 里没有"),
        (
            [MINE, {"person_id": "p-leader", "mobile": "138 0000 0077"}],
            "contacts 第 2 行的 mobile：与第 1 行相同",
        ),
        ([MINE, MINE], "contacts 第 2 行与第 1 行重复"),
        ([MINE | {"fax": "1"}], "contacts 第 1 行的 fax：没有这个字段"),
    ],
)
async def test_a_wrong_number_is_named_by_row_and_field_and_nothing_is_loaded(
    apart: World, wrong: Any, told: str
) -> None:
    document = {"units": DISTRICT["units"], "contacts": wrong}
    with pytest.raises(BadDocument) as refused:
        await load(apart.database, document, bootstrap.sealer(apart.settings))
    assert str(refused.value).startswith(told)
    assert "13800000077" not in str(refused.value)
    async with apart.database.connection() as connection:
        assert (
            await connection.fetchval("SELECT count(*) FROM contact_numbers WHERE id = 'people/p-office'")
            == 0
        )


async def test_numbers_without_a_key_are_not_loaded(apart: World) -> None:
    with pytest.raises(BadDocument, match="BIHUAN_SEALING_KEYS"):
        await load(apart.database, {"contacts": [MINE]})


async def test_the_sample_has_a_number_for_everybody_and_loading_it_again_changes_nothing(
    apart: World,
) -> None:
    document = {**DISTRICT, "contacts": contacts(DISTRICT)}
    sealer = bootstrap.sealer(apart.settings)
    assert await load(apart.database, document, sealer) >= len(contacts(DISTRICT))
    async with apart.database.connection() as connection:
        before = await connection.fetch("SELECT * FROM contact_numbers ORDER BY id")
    assert await load(apart.database, document, sealer) == 0
    async with apart.database.connection() as connection:
        assert await connection.fetch("SELECT * FROM contact_numbers ORDER BY id") == before
    assert not [row for row in before if row["mobile"] and b"1380000" in row["mobile"]]
