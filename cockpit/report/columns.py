"""The columns of every export file: one table that writes the files and the data dictionary.

New columns are only ever added at the end of a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cockpit.report.cells import Col

GROUPS = {"county": "县区/园区", "dept_service": "有对外服务职能的部门", "dept_other": "其他部门"}
LEVELS = {"red": "红", "orange": "橙", "yellow": "黄", "blue": "蓝"}
STATES = {
    "new": "待签收",
    "ack": "已签收",
    "doing": "处置中",
    "verify": "待复核",
    "closed": "已办结",
    "ignored": "已忽略",
}
JUDGEMENTS = {
    "ok": "合格",
    "notice": "提醒",
    "deduct": "扣分",
    "veto": "否决",
    "bonus": "加分",
    "unmeasured": "未采集",
    "na": "不适用",
}
CHANNEL_STATES = {
    "fresh": "正常",
    "due_soon": "即将超期",
    "overdue": "超期",
    "blank": "空白",
    "undated": "未注明日期",
    "unmeasured": "未采集",
}
DISPUTES = {
    "open": "待受理",
    "reviewing": "复核中",
    "upheld": "维持",
    "partial": "部分采纳",
    "cancelled": "撤销",
    "withdrawn": "已撤回",
}
OBJECTS = {"site": "网站", "account": "账号", "unit": "单位"}
DEDUCTION_STATES = {"confirmed": "已确认", "disputed": "异议中", "cancelled": "已撤销"}


_UNIT = (
    Col("单位编码", "unit_code", "文字", "责任单位编码", "网站未登记责任单位"),
    Col("责任单位", "unit_name", "文字", "责任单位名称"),
)
_OBJECT = (
    Col("站点标识码", "site_id_code", "文字", "网站标识码", "未登记"),
    Col("站点/账号名称", "object_name", "文字", "网站或新媒体账号", "单位级指标"),
)

FILES: Mapping[str, tuple[Col, ...]] = MappingProxyType(
    {
        "01_单位得分": (
            Col("期次", "week", "文字", "ISO 周次"),
            Col("统计开始", "start", "时间", "本周开始（北京时间）"),
            Col("统计结束", "end", "时间", "本周结束（北京时间，不含）"),
            Col("分组", "unit_group", "文字", "排名分组", labels=GROUPS),
            *_UNIT,
            Col("基准分（分）", "base", "小数", "满分"),
            Col("扣分（分）", "deducted", "小数", "02_扣分明细中该单位“折算后扣分”之和"),
            Col("加分（分）", "bonus", "小数", "加分（超过 80 分才计）"),
            Col(
                "最终得分（分）",
                "score",
                "小数",
                "基准分−扣分+加分；单项否决时不超过 59",
                "未评：已采权重不足",
            ),
            Col("不否决时得分（分）", "score_unvetoed", "小数", "不计单项否决的得分", "未评：已采权重不足"),
            Col("是否单项否决", "vetoed", "是否", "触发任一单项否决"),
            Col("否决指标", "veto_indicators", "文字", "触发否决的指标编号", "未否决"),
            Col("组内名次", "rank_in_group", "整数", "并列同名次", "否决或未评，不参与排名"),
            Col("参与排名单位数", "ranked_in_group", "整数", "组内参与排名的单位数"),
            Col("上期得分（分）", "previous_score", "小数", "上一周最终得分", "上周未评或无数据"),
            Col("较上期（分）", "change", "小数", "本期−上期", "上周未评或无数据"),
            Col("等级", "grade", "文字", "合格 ≥60 且未否决"),
            Col("已采指标数", "indicators_measured", "整数", "有测量值的指标数"),
            Col("应采指标数", "indicators_total", "整数", "适用于该单位的指标数"),
            Col("未评原因", "reason", "文字", "得分为空时的原因", "已评分"),
            Col("口径版本", "rules_version", "文字", "指标口径版本"),
            Col("规则集SHA256", "rules_sha256", "文字", "indicators.toml 的摘要"),
            Col("更正号", "revision", "整数", "0 为首次发布，1 起为更正"),
            Col("数据截至", "facts_until", "时间", "计分所用事实的截止时间（北京时间）"),
            Col("未办结异议（件）", "disputes_open", "整数", "待受理和复核中的异议", "没有未办结的异议"),
        ),
        "02_扣分明细": (
            Col("扣分编号", "deduction_id", "文字", "一条失分的编号"),
            *_UNIT,
            *_OBJECT,
            Col("指标编号", "indicator_id", "文字", "见 09_指标结果和规则口径"),
            Col("指标名称", "indicator_name", "文字", "指标名称"),
            Col("条款内容", "clause", "文字", "依据的条款"),
            Col(
                "分值性质",
                "nature",
                "性质",
                "扣分值（否决行为条款）的来源性质；“项目默认”“原文未核实”不是官方分值",
            ),
            Col("是否单项否决", "is_veto", "是否", "否决行不另扣分"),
            Col("事实描述", "fact", "脱敏文字", "失分的事实"),
            Col("数量", "quantity", "数值", "计扣数量；否决行为触发否决的指标值"),
            Col(
                "单位扣分（分）",
                "points_each",
                "小数",
                "每个对象（处、个、类、件……见指标单位）或触线一次的扣分",
                "否决行不按处扣分，或该指标不扣分",
            ),
            Col(
                "应扣（分）",
                "points_raw",
                "小数",
                "单位扣分×保留比例，未封顶、未折算；否决行为 0：得分按不超过 59 处理，逐条扣分另有各行",
            ),
            Col(
                "封顶后扣分（分）",
                "capped",
                "数值",
                "应扣×（该指标上限÷该指标该对象应扣合计），不超上限的等于应扣",
                "否决行不另扣分",
            ),
            Col(
                "折算系数",
                "factor",
                "数值",
                "100÷已采权重÷该指标的已采对象数：没采到的退出分母，多个对象取平均，所以可大于 1",
                "否决行不另扣分",
            ),
            Col(
                "折算后扣分（分）", "points", "小数", "封顶后扣分×折算系数，逐条取整到分，合计等于 01 的扣分"
            ),
            Col("首次发现时间", "first_seen", "时间", "问题首次发现（北京时间）", "不是逐条问题"),
            Col("证据数", "evidence_count", "整数", "03_证据清单中的行数"),
            Col(
                "证据链接", "evidence_url", "文字", "问题所在页", "没有单个页面可指（单位、台账、整站的指标）"
            ),
            Col("状态", "state", "文字", "扣分状态", labels=DEDUCTION_STATES),
            Col("异议状态", "dispute_state", "文字", "异议办理状态", "未提异议", DISPUTES),
        ),
        "03_证据清单": (
            Col("证据编号", "finding_id", "文字", "问题编号"),
            Col("扣分编号", "deduction_id", "文字", "对应 02"),
            Col("URL", "url", "文字", "问题所在页"),
            Col("最近发现时间", "last_seen", "时间", "最近一次看到（北京时间）"),
            Col("HTTP状态", "http_status", "整数", "HTTP 状态码", "没有得到应答或不适用"),
            Col("出现页数", "places", "整数", "同一问题出现的页数"),
            Col("摘录（已脱敏）", "excerpt", "脱敏文字", "命中文字及上下文", "链接类问题没有摘录"),
            Col("检测规则", "rule", "文字", "检测规则编号", "链接类问题没有规则号"),
            Col("快照SHA256", "content_sha256", "文字", "页面内容摘要", "不保存页面的检查"),
            Col("采集器版本", "code_version", "文字", "采集程序版本", "没有记录（演示数据）"),
        ),
        "04_预警处置": (
            Col("预警编号", "warning_id", "文字", "一事一号；办结后再次发生的另起一行"),
            Col("级别", "level", "文字", "红橙黄蓝（项目默认）", labels=LEVELS),
            *_UNIT,
            *_OBJECT,
            Col("指标编号", "indicator_id", "文字", "产生预警的指标"),
            Col("事项", "title", "脱敏文字", "预警事项"),
            Col("距红线", "distance", "文字", "距单项否决的距离", "该指标没有否决线"),
            Col("问题条数", "items", "整数", "涉及的问题数"),
            Col("发现时间", "opened_at", "时间", "北京时间"),
            Col("签收时间", "acked_at", "时间", "北京时间", "未签收"),
            Col("提交复核时间", "submitted_at", "时间", "北京时间", "未提交"),
            Col("办结时间", "closed_at", "时间", "复测通过的时间（北京时间）", "未办结"),
            Col("限期", "due_on", "日期", "整改限期（工作日，项目默认）"),
            Col("是否超期", "late", "是否", "办结（未办结的按统计周结束）晚于限期"),
            Col("处置状态", "state", "文字", "当前状态", labels=STATES),
            Col("责任岗位", "owner", "文字", "责任岗位", "未指定"),
            Col(
                "计入整改按期率",
                "counted",
                "是否",
                "限期在本周且封存时未忽略、未标误报；按期率=按期“是”的行数÷计入“是”的行数",
            ),
            Col("按期", "in_time", "是否", "办结时间的北京日不晚于限期", "不计入整改按期率"),
        ),
        "05_依申请公开": (
            Col("申请编号", "application_id", "文字", "申请编号"),
            *_UNIT,
            Col("收到申请日期", "received_on", "日期", "条例第三十一条"),
            Col("申请方式", "channel_in", "文字", "申请方式", "未登记"),
            Col("申请人类型", "applicant_type", "文字", "年报口径", "未登记"),
            Col(
                "当前环节",
                "stage",
                "文字",
                "统计周结束时所在的环节，按台账登记的各环节日期",
                "未登记，或台账没有各环节日期、也不是周内导入的，无从得知当时的环节",
            ),
            Col("是否延期", "extended", "是否", "统计周结束时是否已延长答复期限", "未登记"),
            Col("答复期限", "due_on", "日期", "按工作日计算", "等待补正或逾期不补正，期限未起算"),
            Col("答复日期", "answered_on", "日期", "答复日期", "统计周结束时未答复"),
            Col("处理结果", "result", "文字", "年报口径", "统计周结束时未答复"),
            Col("是否逾期", "late", "是否", "答复（或周日）晚于期限", "等待补正或逾期不补正，期限未起算"),
            Col(
                "计入按期答复率",
                "counted",
                "是否",
                "答复期限在本周；按期率=按期“是”的行数÷计入“是”的行数",
            ),
            Col("按期", "in_time", "是否", "答复日期不晚于期限", "不计入按期答复率"),
        ),
        "06_可用性日汇总": (
            Col("日期", "day", "日期", "北京日"),
            *_UNIT,
            Col("网站编码", "site_code", "文字", "网站编码"),
            Col("网站名称", "site_name", "文字", "网站名称"),
            Col("网络", "family", "文字", "4 为 IPv4，6 为 IPv6"),
            Col("有效访问（次）", "visits", "整数", "计入分母的访问次数"),
            Col("打不开（次）", "failed", "整数", "15 秒内打不开的次数"),
            Col("打不开占比", "share", "比例", "打不开÷有效访问，0—1", "没有有效访问：未采集"),
            Col("平均打开时间（秒）", "seconds_mean", "小数", "打开时的平均响应时间", "没有打开过"),
            Col("95分位打开时间（秒）", "seconds_p95", "小数", "打开时的响应时间", "没有打开过"),
            Col("空值原因", "reason", "文字", "占比为空的原因", "有数据"),
        ),
        "07_IPv6": (
            *_UNIT,
            Col("网站编码", "site_code", "文字", "网站编码"),
            Col("网站名称", "site_name", "文字", "网站名称"),
            Col("检测时间", "measured_at", "时间", "北京时间"),
            Col("有AAAA记录", "has_aaaa", "是否", "域名有 IPv6 地址", "未采集"),
            Col("首页可达", "home_ok", "是否", "首页经 IPv6 打开", "未采集"),
            Col("二级链接总数", "level2_total", "整数", "首页上的链接", "未采集"),
            Col("二级链接可达数", "level2_ok", "整数", "经 IPv6 返回 200", "未采集"),
            Col("二级链接支持度", "level2_rate", "比例", "可达÷总数，0—1（原始比值）", "总数为 0：无数据"),
            Col("三级链接总数", "level3_total", "整数", "二级页面上的新链接", "未采集"),
            Col("三级链接可达数", "level3_ok", "整数", "经 IPv6 返回 200", "未采集"),
            Col("三级链接支持度", "level3_rate", "比例", "可达÷总数，0—1（原始比值）", "总数为 0：无数据"),
            Col("原因", "cause", "原因", "首页失败或未采集的原因", "正常"),
        ),
        "08_栏目更新": (
            *_UNIT,
            Col("网站编码", "site_code", "文字", "网站编码"),
            Col("网站名称", "site_name", "文字", "网站名称"),
            Col("栏目名称", "channel_name", "文字", "栏目名称"),
            Col("栏目地址", "url", "文字", "栏目地址"),
            Col("栏目类型", "channel_type", "文字", "见 channel_types.csv", "未归类"),
            Col("更新期限（天）", "period_days", "整数", "按类型或台账"),
            Col("最近更新", "latest", "日期", "最近一条信息的发布日期", "空白、未注明日期或未采集，见状态"),
            Col("列表条数", "items", "整数", "列表中的信息条数"),
            Col("状态", "state", "文字", "更新状态", labels=CHANNEL_STATES),
            Col("未采集原因", "cause", "原因", "状态为未采集时的原因", "已采集"),
            Col("检查时间", "measured_at", "时间", "北京时间"),
        ),
        "09_指标结果": (
            Col("期次", "week", "文字", "ISO 周次"),
            *_UNIT,
            *_OBJECT,
            Col("指标编号", "indicator_id", "文字", "指标编号"),
            Col("指标名称", "indicator_name", "文字", "指标名称"),
            Col("是否采到", "measured", "是否", "未采到的不进分母"),
            Col("未采集原因", "cause", "原因", "未采到的原因", "已采集"),
            Col("指标值", "value", "数值", "原始值，单位见规则口径", "未采集，见原因"),
            Col("判断", "judgement", "文字", "合格、提醒、扣分、否决、未采集", labels=JUDGEMENTS),
            Col("事实描述", "fact", "脱敏文字", "计算依据", "未采集"),
        ),
        "10_计分依据": (
            Col("单位编码", "unit_code", "文字", "责任单位编码"),
            Col("指标编号", "indicator_id", "文字", "指标编号，口径见 口径.toml"),
            Col("对象类型", "object", "文字", "网站、账号或单位", labels=OBJECTS),
            Col("对象编码", "object_code", "文字", "网站、账号或单位的编码"),
            Col("指标值", "value", "原值", "封存的原始值，不舍入", "未采集或不适用，见原因"),
            Col("未采集原因", "cause", "文字", "原因编码，见 causes.toml", "已采集"),
            Col("否决已撤销", "veto_lifted", "是否", "否决经异议复核撤销"),
            Col("序号", "number", "整数", "该指标该对象的第几条事实", "没有逐条事实"),
            Col("扣分编号", "deduction_id", "文字", "对应 02", "没有逐条事实"),
            Col("事实描述", "fact", "脱敏文字", "封存的事实", "没有逐条事实"),
            Col("证据页面", "evidence_url", "文字", "问题所在页", "没有页面"),
            Col("问题编号", "finding_id", "文字", "对应 03", "不是逐条问题"),
            Col("数量", "quantity", "原值", "计扣数量", "没有逐条事实"),
            Col("保留比例", "kept", "原值", "异议复核后保留的比例：1 全部，0 撤销", "没有逐条事实"),
        ),
        "11_加分明细": (
            Col("加分编号", "bonus_id", "文字", "一条加分的编号"),
            *_UNIT,
            *_OBJECT,
            Col("指标编号", "indicator_id", "文字", "见规则口径"),
            Col("指标名称", "indicator_name", "文字", "指标名称"),
            Col("条款内容", "clause", "文字", "依据的条款"),
            Col("分值性质", "nature", "性质", "加分值的来源性质；“项目默认”“原文未核实”不是官方分值"),
            Col("事实描述", "fact", "脱敏文字", "加分的事实"),
            Col("数量", "quantity", "数值", "计加数量"),
            Col("单位加分（分）", "points_each", "小数", "触线一次的加分"),
            Col("应加（分）", "points_raw", "小数", "未封顶的加分"),
            Col("封顶后加分（分）", "points", "小数", "合计等于 01 的加分；超过 80 分且未否决才有"),
            Col("证据链接", "evidence_url", "文字", "证据页面", "没有页面"),
        ),
        "12_对象得分": (
            Col("期次", "week", "文字", "ISO 周次"),
            *_UNIT,
            Col("对象类型", "object", "文字", "网站或账号", labels=OBJECTS),
            Col("对象编码", "object_code", "文字", "网站或账号的编码"),
            *_OBJECT,
            Col(
                "得分（分）",
                "score",
                "小数",
                "只按该对象自己采到的指标计分；单位得分是各对象折算后的合计，不是它们的平均",
                "账号只评合格与否；网站未评：已采权重不足",
            ),
            Col("是否单项否决", "vetoed", "是否", "该对象触发任一单项否决"),
            Col("等级", "grade", "文字", "合格、不合格、未评"),
            Col("已采指标数", "indicators_measured", "整数", "该对象有测量值的指标数"),
            Col("应采指标数", "indicators_total", "整数", "适用于该对象的指标数"),
        ),
    }
)
# File → table it comes from and the aspect of the indicators that use it (None: every indicator).
ORIGINS: Mapping[str, tuple[str, str | None]] = MappingProxyType(
    {
        "01_单位得分": ("score", None),
        "02_扣分明细": ("deduction", None),
        "03_证据清单": ("finding", None),
        "04_预警处置": ("warning", None),
        "05_依申请公开": ("application", "applications"),
        "06_可用性日汇总": ("probe_daily", "availability"),
        "07_IPv6": ("ipv6_check", "ipv6"),
        "08_栏目更新": ("channel_check", "channels"),
        "09_指标结果": ("indicator_result", None),
        "10_计分依据": ("frozen_evidence", None),
        "11_加分明细": ("bonus_row", None),
        "12_对象得分": ("object_score", None),
    }
)
STAMP = (
    Col("数据性质", "nature_of_data", "文字", "采集数据或演示数据；演示数据不得用于考核"),
    Col("批次号", "batch", "文字", "数据库版本"),
)
