"""``bihuan prepare`` with an address that cannot be right."""

import pytest

from deploy.devstack import Ports
from tests import launched


@pytest.mark.parametrize("address", ["nonsense", "mysql://owner@127.0.0.1/bihuan", "postgres:", ""])
async def test_an_address_that_is_none_of_postgresql_is_refused_in_one_sentence(address: str) -> None:
    code, out, err = await launched.command("prepare", "--owner-url", address)
    assert (code, out) == (1, "")
    assert err == "属主的连接地址（BIHUAN_OWNER_URL）须以 postgresql:// 开头。\n"


async def test_a_database_that_cannot_be_reached_is_one_sentence_with_the_detail_behind_it() -> None:
    port = Ports.free().api
    address = f"postgresql://owner:correct-horse@127.0.0.1:{port}/bihuan"
    code, out, err = await launched.command("prepare", "--owner-url", address)
    assert (code, out) == (1, "")
    assert err.startswith("数据库迁移失败，请核对属主的连接地址和账号：")
    assert "Connect call failed" in err
    assert len(err.splitlines()) == 1
    assert "correct-horse" not in err
