"""``bihuan account`` as an administrator meets it, over a stack with the sample district."""

import httpx

from tests import launched
from tests.launched import Launched

PASSWORD = "Hai-tang 7 hao lou"


async def _bihuan(sampled: Launched, *words: str) -> tuple[int, str, str]:
    return await launched.command("account", *words, "--data", str(sampled.data))


async def test_an_invited_person_sets_a_password_signs_in_and_is_shut_out(sampled: Launched) -> None:
    code, out, err = await _bihuan(sampled, "invite", "p-oversight", "--login", "jijian")
    assert (code, err) == (0, "")
    login, secret = (line.split()[1] for line in out.splitlines()[:2])
    assert login == "jijian"
    async with httpx.AsyncClient(base_url=sampled.api_url, trust_env=False, timeout=20) as http:
        set_up = await http.post("/v1/passwords", json={"code": secret, "password": PASSWORD})
        assert set_up.status_code == 204
        signed_in = await http.post("/v1/sessions", json={"login": login, "password": PASSWORD})
        bearer = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
        assert (await http.get("/v1/me", headers=bearer)).json()["person_id"] == "p-oversight"
        for words, status in (("sign-out", 401), ("disable", 401), ("enable", 401)):
            code, out, _ = await _bihuan(sampled, words, "p-oversight")
            assert code == 0
            assert "p-oversight" in out
            assert (await http.get("/v1/me", headers=bearer)).status_code == status
        again = await http.post("/v1/sessions", json={"login": login, "password": PASSWORD})
        assert again.status_code == 201
        bearer = {"Authorization": f"Bearer {again.json()['access_token']}"}
        log = await http.get("/v1/audit/access", params={"kind": "write"}, headers=bearer)
    done = [row["subject"] for row in log.json()["items"] if row["channel"] == "cli"]
    assert done[:4] == [f"account/p-oversight/{what}" for what in ("enable", "disable", "sign_out", "invite")]


async def test_somebody_unknown_is_named_in_one_sentence(sampled: Launched) -> None:
    for words in ("invite", "disable", "sign-out"):
        code, out, err = await _bihuan(sampled, words, "p-nobody")
        assert (code, out, err) == (1, "", "没有这个人员。\n")
