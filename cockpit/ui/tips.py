"""What each tile's number means, for who points at it: from the indicator table in force, or in a sentence of ours."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cockpit.appraise.indicators import LIMIT_NAMES, LIMITS, NATURES, Indicator
from cockpit.appraise.judge import shown
from cockpit.ui import data

# Screen → tile → metrics of the indicators that the number stands for, or what it counts
TABLE: Mapping[str, Mapping[str, str | tuple[str, ...]]] = MappingProxyType(
    {
        "overview": {
            "在管对象": "台账里今天在用的网站和政务新媒体账号",
            "当前可用": ("failed_share", "down_now"),
            "未办结预警": "各项指标达到提示、临近、预警、否决线而开立、还没有办结的预警；已忽略的不算",
            "单项否决风险": "有一项单项否决指标已达否决线，或已达预警线的单位",
            "依申请公开临期": ("applications_due_soon", "applications_overdue"),
            "IPv6 二三级链接": ("ipv6_level2", "ipv6_level3"),
        },
        "links": {
            "死链": ("dead_links",),
            "暗链": ("critical_hidden", "other_hidden"),
            "外链变异": ("critical_hidden",),
            "假正常页": ("soft_404_links",),
        },
        "updates": {
            "超期": ("core_channels_overdue", "channels_overdue"),
            "空白": ("channels_blank",),
            "未注明日期": ("core_channels_overdue",),
            "即将超期": "距上次更新已过期限的七成、还没有超期的栏目；期限按栏目类型，见台账管理",
            "未采集": "最近一次巡查没有看到页面的栏目，不算更新也不算超期",
            "正常": "最近一条的日期在期限以内的栏目",
        },
        "content": {
            "严重表述错误": ("critical_wording",),
            "一般错误": ("other_wording", "old_faults"),
            "隐私泄露": ("privacy_leaks",),
            "待复核": "把握不大的线索和降级规则的发现：等人看，不预警、不扣分",
            "误报": "人工标记为误报的发现：不预警、不扣分，用来算每条规则的查准率",
            "附件没读全": "加密、扫描件、格式不支持、超过限额而没有读完的附件：算未检，不算干净",
        },
        "availability": {
            "现在可用": ("failed_share", "down_now"),
            "达到预警线": ("failed_share",),
            "近 7 天中断": "从一次打不开到下一次打开算一起；采集机自己断网的不算",
            "证书有问题": ("certificate_faults",),
            "缺安全响应头": "少了一个以上安全响应头的网站；只作提示，不扣分",
            "页面异动待确认": ("critical_hidden", "other_hidden"),
        },
        "ipv6": {
            "合计支持度": ("ipv6_level2", "ipv6_level3"),
            "达标": ("ipv6_level2", "ipv6_level3"),
            "未达标": ("ipv6_level2", "ipv6_level3"),
            "没有 AAAA": ("ipv6_home",),
            "打不开的链接": ("ipv6_level2", "ipv6_level3"),
            "无数据·未采集": "没有二三级链接可计的是无数据，没有测到的是未采集；两者都不算零分",
        },
        "requests": {
            "在办": "已收到、还没有答复的申请，补正和征求意见中的也算",
            "临期": ("applications_due_soon",),
            "逾期未答复": ("applications_overdue",),
            "本年收到": "按收到日期计的申请，统计口径同年报表三",
            "本年办结": "按答复日期计的申请；平均用时为工作日，扣除不计入期限的时间",
            "逾期答复": ("applications_overdue", "answered_in_time"),
        },
        "new_media": {
            "已达否决线": ("account_age_days",),
            "接近否决线": ("account_age_days",),
            "一周未更新": ("account_age_days",),
            "没有发文台账": "没有导入发文台账的账号：算未采集，不评",
            "正常更新": ("account_age_days",),
            "停更报备": "已报备停更的账号，停更期间不评",
            "已注销": "已注销的账号，不评",
            "板块或互动不合要求": ("register_account_check",),
            "“指尖上的形式主义”": ("register_account_check",),
            "备案注销不全": ("register_account_event", "lingering_accounts"),
        },
        "alerts": {
            "待签收": "已开立、还没有人签收的预警",
            "已签收": "有人签收、还没有开始处置的预警",
            "处置中": "正在整改的预警",
            "待复核": "责任单位报已整改，等复测通过后办结的预警",
            "超期": "过了整改限期还没有办结的预警；限期按级别定，为项目默认",
        },
        "review": {
            "待受理": "单位已提出、还没有人受理的异议",
            "复核中": "已受理、还没有结论的异议",
            "超期": "过了复核限期还没有结论的异议；限期为项目默认",
            "已有结论": "维持、部分采纳、撤销的异议；平均用时为工作日",
            "采纳": "部分采纳和撤销的异议，占已有结论的比例",
        },
        "scorecard": {
            "全市平均分": "已评单位得分的平均；未评单位不计入，不算零分",
            "合格单位": "没有单项否决、得分不低于合格线的单位",
            "单项否决": "任何一项单项否决指标达到否决线的单位：不排名，得分封顶",
            "整改按期率": "本周到期的预警里，到期日结束前办结的占比",
            "按期答复率": "本周到期的依申请公开里，到期日结束前答复的占比，顺延和不计时的时间已扣除",
        },
        "rehearsal": {
            "已触红线": "今天的测量值已达单项否决线：今天抽查就不合格",
            "接近红线": "已到预警线或临近线，或按近几周的中位趋势三个月内触线的条款",
            "未采集": "没有测量值的条款：不算合格，也不算不合格",
        },
        "collection": {
            "采集器": "运行过的采集器和台账导入，各看最近一次的结果",
            "采集缺口": "在用网站里最近一次没有采到的方面，各有原因；退出分母，不算零分",
            "待入库批次": "已采到、还没有入库的批次",
            "拒收批次": "内容不合格式、没有入库的批次；原文件保留",
            "已送达": "通道已确认收下的通知",
            "待重试": "没有送到、到点会再试的通知",
            "未送达": "试满次数仍没有送到的通知",
        },
        "trail": {
            "今天": "北京时间今天零点以来的留痕",
            "近 7 天": "连今天在内七天的留痕",
            "近 30 天": "连今天在内三十天的留痕",
            "全部": "有记录以来的全部留痕，逐条相连、不可改动",
        },
        "registry_admin": {
            "责任单位": "参加考核的责任单位",
            "网站": "台账里的政府网站，停用和注销的也列",
            "栏目": "人工登记的栏目；没有登记的由巡查发现",
            "新媒体账号": "台账里的政务新媒体账号，停用和注销的也列",
            "白名单": "不再提示的词，各有理由和到期日",
        },
        "workbook": {
            "全部": "这本台账的全部记录",
            "不合要求": "超期、缺失或不合规的记录",
            "临期": "限期将到的记录",
            "办理中": "还在限期内的记录",
            "未采集": "没有材料可判断或不适用的记录",
            "逾期办结": "已经完成、但晚于限期的记录",
            "有效": "齐全、在有效期内的记录",
            "按期办结": "在限期内完成的记录",
        },
    }
)


def of(screen: str) -> Mapping[str, str]:
    """Tile → its tooltip on one screen."""

    def told(entry: str | tuple[str, ...]) -> str:
        if isinstance(entry, str):
            return entry
        found = (i for metric in entry for i in data.rules().indicators.values() if i.metric == metric)
        return "\n\n".join(map(explained, found))

    return {name: told(entry) for name, entry in TABLE[screen].items()}


def explained(i: Indicator) -> str:
    """An indicator in a few lines: clause, algorithm, lines, source."""
    mark = "≥" if i.compare == ">=" else "<"
    lines = "，".join(
        f"{LIMIT_NAMES[name]} {mark} {shown(i, getattr(i, name))}（{NATURES[i.nature_of(name)]}）"
        for name in reversed(LIMITS)
        if getattr(i, name) is not None
    )
    return "\n".join(
        [f"{i.id} {i.name}：{i.clause}", f"算法：{i.explain}", f"阈值：{lines or '无'}", f"依据：{i.source}"]
    )
