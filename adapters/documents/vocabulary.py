"""The words that a template of a bulletin may use, with an example of each: what an office reads before it edits one.

Invariant: whatever fills a template has exactly these names; a template that uses another one is refused when it is uploaded.
"""

from typing import Any, Final

Values = dict[str, Any]

_ROW: Final = {
    "序号": "1",
    "单位": "康宁养老院（示例）",
    "收到时间": "2026年9月29日11:41",
    "迟报时长": "11分钟",
    "调整": "延期至2026年9月30日12:00",
    "原列": "未报",
    "现列": "按时报送",
    "说明": "经核实，微信群中已于期限内报送",
}
ROW_FIELDS: Final = frozenset(_ROW)
LISTS: Final = ("迟报", "未报", "不合格", "调整", "更正", "补充")
TITLES: Final = {
    "迟报": "迟报单位名单",
    "未报": "未报单位名单",
    "不合格": "材料不合格单位名单",
    "调整": "经批准延期或免报的单位",
    "更正": "更正内容",
    "补充": "补报单位名单",
}

EXAMPLE: Final[Values] = {
    "发文机关标志": "示例区民政局文件",
    "发文字号": "示例民发〔2026〕7号",
    "标题": "示例区民政局关于国庆节期间值班表报送情况的通报",
    "主送机关": "全区各民政服务机构、服务场所",
    "依据": "《关于印发国庆节期间民政领域安全防范工作检查方案的通知》",
    "事项": "值班表",
    "截止时间": "2026年9月29日（星期二）11:30",
    "统计时刻": "2026年9月29日（星期二）18:00",
    "应报": "41",
    "按时": "38",
    "迟报": "1",
    "未报": "1",
    "不合格": "1",
    "豁免": "1",
    "按时率": "92.7%",
    "点名": ["迟报的单位：康宁养老院（示例）（迟报11分钟）。"],
    "要求": ["请上述单位认真查找原因，严格执行24小时专人值班和领导带班制度。"],
    "附件首": ["附件：1. 迟报单位名单"],
    "附件续": ["2. 未报单位名单"],
    "附件号": {name: f"附件{number}" for number, name in enumerate(LISTS, start=1)},
    "附件名": TITLES,
    **{f"{name}名单": [_ROW] for name in LISTS},
    "署名": "示例区民政局",
    "成文日期": "2026年9月30日",
    "抄送机关": "示例区安全生产委员会办公室",
    "印发机关": "示例区民政局办公室",
    "印发日期": "2026年9月30日",
    "原通报": {
        "标题": "示例区民政局关于国庆节期间值班表报送情况的通报",
        "文号": "示例民发〔2026〕7号",
        "成文日期": "2026年9月30日",
    },
}
FIELDS: Final = ROW_FIELDS | frozenset(LISTS) | frozenset(EXAMPLE["原通报"])
"""What may stand behind a dot."""
