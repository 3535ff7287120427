"""What the OpenAPI document says of the answers about sessions, accounts and links."""

from typing import Final

from services.api.responses import ANY, DECIDED, FOUND, READ, SENT, Responses, problem_of

_UNKEYED: Final[Responses] = {400: problem_of(400, "请求内容无法解析", "malformed_body", "请求内容无法解析")}
_TRIES: Final[Responses] = {
    429: problem_of(429, "尝试次数过多", "too_many_tries", "尝试次数过多，请稍后再试")
}
_OPEN: Final[Responses] = SENT | _UNKEYED | _TRIES
_NO_TOKEN: Final[Responses] = {status: ANY[status] for status in (422, 429, 503)}
RULES: Final[Responses] = _NO_TOKEN | FOUND
SIGN_IN: Final[Responses] = _OPEN | {
    201: {"description": "已登录"},
    401: problem_of(401, "登录未成功，不说明原因", "sign_in_failed", "账号或口令不对，或账号不可用"),
}
REFRESH: Final[Responses] = _OPEN | {
    200: {"description": "新的令牌；旧的续期令牌作废"},
    401: problem_of(401, "会话已结束，或续期令牌已用过", "session_over", "登录已失效，请重新登录"),
}
SET_UP: Final[Responses] = _OPEN | {
    204: {"description": "口令已设置，可以登录"},
    401: problem_of(401, "设置码无效", "code_invalid", "设置码不对，或已用过、已过期"),
}
PASSWORD: Final[Responses] = _OPEN | {
    204: {"description": "口令已更换，其他会话均已退出"},
    409: problem_of(409, "没有本系统的口令", "no_password", "本人没有本系统的口令"),
}
SIGN_OUT: Final[Responses] = ANY | {204: {"description": "已退出"}}
SIGN_OUT_HERE: Final[Responses] = SIGN_OUT | {
    409: problem_of(409, "令牌不属于任何会话", "no_session", "所用的令牌不属于任何登录会话"),
}
SIGN_OUT_ONE: Final[Responses] = SIGN_OUT | {
    404: problem_of(404, "没有这个会话", "session_unknown", "没有这个会话"),
}
ACCOUNT: Final[Responses] = DECIDED | {
    200: {"description": "已停用或启用"},
    404: problem_of(404, "没有这个人员", "person_unknown", "没有这个人员"),
}
_NO_CASE: Final = problem_of(404, "没有，或本人不可见", "hazard_unknown", "没有这个案号")
LINKS: Final[Responses] = READ | {403: DECIDED[403], 404: _NO_CASE}
ISSUE_LINK: Final[Responses] = DECIDED | {
    201: {"description": "已签发；token 就是链接，只交给一个人"},
    404: _NO_CASE,
}
REVOKE_LINK: Final[Responses] = LINKS | {
    204: {"description": "已撤销"},
    404: problem_of(404, "没有，或本人不可见", "link_unknown", "没有这个链接"),
}
COMMENT: Final[Responses] = DECIDED | {201: {"description": "已留痕"}}
UPLOAD_BY_LINK: Final[Responses] = SENT | {
    201: {"description": "已保存"},
    409: problem_of(409, "该链接的份数用完", "link_used_up", "该链接可上传的份数已用完"),
}
MINE: Final[Responses] = READ
