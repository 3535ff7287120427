"""Driving the sample district through the public API: one hazard to closure, others to different stages, and a duty roster."""

from collections.abc import Callable
from datetime import datetime, timedelta

from deploy.sample import roster
from deploy.sample.storyteller import Storyteller


async def tell(teller: Storyteller, say: Callable[[str], None]) -> None:
    """Tell every story; ``say`` gets one line per hazard, and one for the roster."""
    for title, story in _STORIES.items():
        number = await story(teller, title)
        say(f"示例隐患 {number}：{title}")
    began = datetime.fromisoformat(teller.reported[_CLOSED_TITLES[0]]["reported_at"])
    say(f"示例收集 {await roster.roster(teller, began)}：{roster.TITLE}")


async def _closed(teller: Storyteller, title: str) -> str:
    number = await _rectifying(teller, title)
    await teller.act("p-ec01-safety", number, "submit", "after_photo", note="货架已移走，通道恢复畅通")
    await teller.act("p-team1a", number, "pass", "signature", note="现场复查合格，予以销号")
    return number


async def _rectifying(teller: Storyteller, title: str) -> str:
    number = await teller.report(
        title,
        "p-team1a",
        unit_id="ec01",
        place="一楼厨房后门" if title in _CLOSED_TITLES else "二楼东侧走廊",
        category="fire",
        item="fire-exit",
        description="安全出口被货架堵塞，无法从内部直接推开",
    )
    await teller.act("p-team1a", number, "confirm", note="现场核实属实")
    await teller.act("p-office", number, "assign", post="ec01-safety", note="请立即清理并举一反三")
    await teller.act("p-ec01-safety", number, "start")
    return number


async def _returned(teller: Storyteller, title: str) -> str:
    number = await _rectifying(teller, title)
    await teller.act("p-ec01-safety", number, "submit", "after_photo", note="已清理")
    await teller.act("p-team1b", number, "return", reason="门口仍有杂物，未达到疏散宽度")
    return number


async def _major(teller: Storyteller, title: str) -> str:
    number = await teller.report(
        title,
        "p-team2a",
        unit_id="ec03",
        place="三层加建房间",
        category="fire",
        item="fire-panel",
        level="major",
        description="老人居室采用易燃芯材彩钢板搭建",
    )
    await teller.act("p-team2a", number, "confirm", note="属重大隐患")
    await teller.act("p-office", number, "suspend_use", reason="重大隐患排除前停止使用三层加建房间")
    supervision = {
        "level": "区级",
        "organ": "示例区安全生产委员会",
        "document_number": "示例安委督〔2026〕1号",
    }
    await teller.act("p-leader", number, "supervise", supervision=supervision)
    await teller.act("p-office", number, "assign", post="ec03-safety")
    plan = {
        "responsibility": "主要负责人牵头，安全员具体负责",
        "measures": "拆除彩钢板房间，老人转移至二层",
        "funds": "自筹12万元",
        "time_limit": "三十日内完成",
        "emergency_plan": "拆除期间夜间每两小时巡查一次",
    }
    await teller.act("p-ec03-head", number, "plan", "plan", plan=plan)
    await teller.act("p-ec03-safety", number, "control", note="已断电封闭，设警示标志，老人已转移")
    await teller.act("p-ec03-safety", number, "start")
    return number


async def _awaiting_closure(teller: Storyteller, title: str) -> str:
    number = await teller.report(
        title,
        "p-team3a",
        unit_id="ec05",
        place="食堂",
        category="food",
        item="food-licence",
        level="major",
        description="食堂未取得食品经营许可",
    )
    await teller.act("p-team3a", number, "confirm")
    await teller.act("p-office", number, "assign", post="ec05-safety")
    items = ("responsibility", "measures", "funds", "time_limit", "emergency_plan")
    plan = dict.fromkeys(items, "见治理方案")
    await teller.act("p-ec05-head", number, "plan", "plan", plan=plan)
    await teller.act("p-ec05-safety", number, "control", note="停止自制热食，改由有证单位配餐")
    await teller.act("p-ec05-safety", number, "start")
    await teller.act("p-ec05-safety", number, "submit", "after_photo", note="许可证已取得")
    await teller.act("p-team3b", number, "pass", "signature", note="证照查验属实，报请销号")
    return number


async def _verifying(teller: Storyteller, title: str) -> str:
    number = await teller.report(
        title,
        "p-team1a",
        unit_id="ec02",
        place="活动室",
        category="electric",
        item="electric-wiring",
        description="插线板串接使用",
        fixed_on_spot=True,
        evidence=["before_photo", "after_photo"],
    )
    await teller.act("p-team1a", number, "confirm", note="立行立改，请另一名督导员复查")
    return number


async def _assigned(teller: Storyteller, title: str) -> str:
    number = await teller.report(
        title,
        "p-team4b",
        unit_id="fu01",
        place="悼念厅",
        category="fire",
        item="fire-extinguisher",
        description="两具灭火器压力不足",
    )
    await teller.act("p-team4b", number, "confirm")
    await teller.act("p-office", number, "assign", post="fu01-safety")
    return number


async def _extension(teller: Storyteller, title: str) -> str:
    number = await teller.report(
        title,
        "p-team2a",
        unit_id="ec04",
        place="二楼疏散楼梯",
        category="fire",
        item="fire-exit",
        description="防火门闭门器损坏，不能自行关闭",
    )
    await teller.act("p-team2a", number, "confirm")
    await teller.act("p-office", number, "assign", post="ec04-safety")
    await teller.act("p-ec04-safety", number, "start")
    reported = datetime.fromisoformat(teller.reported[title]["reported_at"])
    until = (reported + timedelta(days=28)).date().isoformat()
    await teller.act(
        "p-ec04-head", number, "extend", "extension", reason="防火门须定制，厂家交货期二十日", until=until
    )
    return number


async def _paused(teller: Storyteller, title: str) -> str:
    number = await teller.report(
        title,
        "p-team4a",
        unit_id="fu02",
        place="管理用房",
        category="electric",
        item="electric-wiring",
        description="配电箱内线路老化",
    )
    await teller.act("p-team4a", number, "confirm")
    await teller.act("p-office", number, "assign", post="fu02-safety")
    await teller.act("p-office", number, "pause", reason="等待供电部门认定产权与责任")
    return number


async def _reported(teller: Storyteller, title: str) -> str:
    return await teller.report(
        title,
        "p-ec04-safety",
        unit_id="ec04",
        place="值班室",
        category="management",
        item="duty-log",
        description="夜间值班记录有两天未填写",
    )


async def _dismissed(teller: Storyteller, title: str) -> str:
    number = await teller.report(
        title,
        "p-ec06-safety",
        unit_id="ec06",
        place="锅炉房",
        category="equipment",
        description="疑似锅炉超期未检",
    )
    await teller.act("p-team3a", number, "dismiss", reason="检验标志在有效期内，系看错年份")
    return number


_CLOSED_TITLES = ("一般隐患，从发现到销号",)
_STORIES = {
    _CLOSED_TITLES[0]: _closed,
    "一般隐患，复查退回整改": _returned,
    "重大隐患，停用并挂牌督办，整改中": _major,
    "重大隐患，复查通过，待上级销号": _awaiting_closure,
    "立行立改，待他人复查": _verifying,
    "一般隐患，待整改": _assigned,
    "一般隐患，整改中，延期申请待审批": _extension,
    "一般隐患，待整改，暂停计时": _paused,
    "机构自查上报，待核实": _reported,
    "误报": _dismissed,
}
