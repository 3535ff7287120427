"""What the OpenAPI document calls the forms of signing in, of accounts and of links."""

from typing import Final

SCHEMAS: Final = {
    "AccountState": "停用或启用",
    "AccountView": "账号可否登录",
    "Body_upload_file_by_link": "要上传的文件",
    "ChangePassword": "更换口令",
    "Comment": "外部人员的留言",
    "CommentedView": "已留痕的留言",
    "IssueLink": "签发给谁、多久",
    "IssuedView": "新签发的单案链接",
    "LinkView": "单案链接，不含链接本身",
    "LinkedCaseView": "外部人员所见的案卷概况",
    "LinksView": "一件隐患签发过的链接",
    "Refresh": "续期令牌",
    "RulesView": "口令要求",
    "SessionView": "本人的一个登录会话",
    "SessionsView": "本人的登录会话",
    "SetUp": "首次设置口令",
    "SignIn": "账号与口令",
    "TokensView": "一个会话的令牌",
}
