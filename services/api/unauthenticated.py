"""Somebody who is not let in.

Invariant: it is said of what nothing came (token, password, code), never why.
"""

from typing import Final

_SENTENCES: Final = {
    "unauthenticated": "请先登录：缺少有效的令牌",
    "sign_in_failed": "账号或口令不对，或账号不可用",
    "session_over": "登录已失效，请重新登录",
    "code_invalid": "设置码不对，或已用过、已过期",
}


class Unauthenticated(Exception):  # noqa: N818
    """No valid token, password or code; ``code`` says of which it was none, ``title`` says it to people.

    ``noted`` says that the access log has it already.
    """

    def __init__(self, code: str = "unauthenticated", *, noted: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.noted = noted
        self.title = _SENTENCES[code]
