"""`python -m collectors ledgers import|template`: 依申请公开, 网民留言 and 政务新媒体 posts from CSV or xlsx.

Same manners as the register: every fault is told with file, row and field, and nothing is taken unless all
rows are right. Free text is masked before it is stored; due dates are computed by working days.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cockpit import clock, deadline, registry, store, tabular, tabular_out
from cockpit.detect import privacy
from cockpit.errors import CockpitError, Fault, InputError
from cockpit.paths import data_dir
from cockpit.registry import Register
from cockpit.tabular import Field, Row, Sheet
from cockpit.workdays import Calendar

_NOTE = Field("note", "备注")
_UNIT = Field(
    "unit_code",
    "责任单位",
    "code",
    required=True,
    aliases=("责任单位编码", "单位编码", "单位"),
    note="可填单位编码或名称",
)
RESULTS = (
    "予以公开",
    "部分公开",
    "国家秘密",
    "其他法律行政法规禁止公开",
    "危及“三安全一稳定”",
    "保护第三方合法权益",
    "三类内部事务信息",
    "四类过程性信息",
    "行政执法案卷",
    "行政查询事项",
    "本机关不掌握",
    "没有现成信息需要另行制作",
    "补正后申请内容仍不明确",
    "信访举报投诉类申请",
    "重复申请",
    "要求提供公开出版物",
    "无正当理由大量反复申请",
    "要求确认或重新出具已获取信息",
    "逾期不补正",
    "逾期未缴费",
    "其他",
)  # 国办公开办函〔2021〕30号 年度报告表三
SHEETS: tuple[Sheet, ...] = (
    Sheet(
        "application",
        "依申请公开台账",
        (
            Field("application_id", "申请编号", "code", required=True),
            _UNIT,
            Field("received_on", "收到申请日期", "date", required=True),
            Field(
                "channel_in", "申请方式", "choice", choices={c: c for c in ("当面", "邮寄", "网络", "传真")}
            ),
            Field(
                "applicant_type",
                "申请人类型",
                "choice",
                choices={
                    c: c for c in ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")
                },
            ),
            Field(
                "stage",
                "当前环节",
                "choice",
                choices={
                    c: c for c in ("登记", "受理", "补正", "征求第三方意见", "办理", "审核", "答复", "归档")
                },
            ),
            Field("correction_asked_on", "补正告知日期", "date"),
            Field("correction_received_on", "收到补正日期", "date"),
            Field("third_party_from", "征求意见开始日期", "date"),
            Field("third_party_to", "征求意见结束日期", "date"),
            Field("extended", "是否延期", "bool"),
            Field("answered_on", "答复日期", "date"),
            Field("result", "处理结果", "choice", choices={r: r for r in RESULTS}),
            Field("handler", "经办岗位", note="填岗位，不填姓名和手机号"),
            _NOTE,
        ),
        key=("application_id",),
    ),
    Sheet(
        "message",
        "网民留言台账",
        (
            Field("message_id", "留言编号", "code", required=True),
            _UNIT,
            Field(
                "channel_in",
                "来源渠道",
                "choice",
                choices={
                    c: c
                    for c in (
                        "仙女湖夜话",
                        "12345",
                        "企业家直通车",
                        "人民网领导留言板",
                        "领导信箱",
                        "我为政府网站找错",
                        "中国政府网转办留言",
                        "其他",
                    )
                },
            ),
            Field("received_on", "留言日期", "date", required=True),
            Field("answered_on", "答复日期", "date"),
            Field("published", "是否公开", "bool"),
            Field("satisfied", "是否满意", "bool"),
            Field("valid", "是否有效留言", "bool", note="空按有效计"),
            _NOTE,
        ),
        key=("message_id",),
    ),
    Sheet(
        "post",
        "政务新媒体发文台账",
        (
            Field("account_code", "账号编码", "code", required=True),
            Field("post_id", "文章编号", "code", required=True),
            Field("posted_on", "发布日期", "date", required=True),
            Field("title", "标题"),
            Field("url", "地址", "url"),
            Field("interactions", "互动量", "int", least=0),
        ),
        key=("account_code", "post_id"),
    ),
)
ASPECTS: Mapping[str, str] = MappingProxyType(
    {"application": "applications", "message": "messages", "post": "media"}
)


@dataclass(frozen=True)
class _Context:
    register: Register
    calendar: Calendar
    today: date

    @property
    def units(self) -> dict[str, str]:
        return {
            name: u.unit_code
            for u in self.register.units
            for name in (u.unit_code, u.unit_name, u.short_name)
            if name
        }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="动作", title="动作")
    load = actions.add_parser("import", help="导入台账；有一处错误就什么都不导入")
    load.add_argument("files", nargs="+", type=Path, metavar="文件", help="CSV 或 xlsx，按表头识别种类")
    template = actions.add_parser("template", help="生成空模板")
    template.add_argument("--out", type=Path, required=True, metavar="目录")


def main(args: argparse.Namespace) -> int:
    return _template(args) if args.action == "template" else _import(args)


def _template(args: argparse.Namespace) -> int:
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        for sheet in SHEETS:
            path = args.out / f"{sheet.title}.csv"
            path.write_bytes(tabular_out.sheet_csv(sheet, []))
            print(f"已生成模板 {path}")
    except OSError as error:
        raise CockpitError(f"写不了 {args.out}（{error.strerror}）。请检查目录和权限") from error
    return 0


def _import(args: argparse.Namespace) -> int:
    data, now = data_dir(args.data), clock.now(args.as_of)
    context = _Context(registry.load_register(data), Calendar.load(data.calendar), clock.local_day(now))
    tables = read(args.files, context)
    batch = store.Batch(data, "ledgers", store.new_run_id("ledgers", now))
    counts = {sheet.name: _add(batch, sheet, rows, now) for sheet, rows in tables}
    batch.add(
        "run",
        collector="ledgers",
        started_at=now,
        ended_at=max(clock.now(args.as_of), now),
        state="ok",
        targets=len(tables),
        targets_measured=len(tables),
        targets_failed=0,
        row_count=len(batch) + 1,
        note="，".join(p.name for p in args.files),
    )
    batch.write(now)
    if args.json:
        print(json.dumps({"imported": counts}, ensure_ascii=False))
    else:
        titles = {sheet.name: sheet.title for sheet in SHEETS}
        print(
            "；".join(f"{titles[name]} {count} 行" for name, count in counts.items())
            + " 已暂存，运行 python -m cockpit load 入库。"
        )
    return 0


def read(paths: Iterable[Path], context: _Context) -> list[tuple[Sheet, list[dict[str, Any]]]]:
    """Validated rows of all files. Raises InputError with every fault."""
    faults: list[Fault] = []
    tables = []
    for path in paths:
        try:
            for raw in tabular.read(path):
                sheet = tabular.recognise(raw, SHEETS)
                rows = tabular.parse(raw, sheet, faults)
                tables.append((sheet, [CHECKS[sheet.name](sheet, row, context, faults) for row in rows]))
        except InputError as error:
            faults.extend(error.faults)
    if faults:
        raise InputError(faults)
    return tables


def _add(batch: store.Batch, sheet: Sheet, rows: Sequence[Mapping[str, Any]], now: datetime) -> int:
    for row in rows:
        batch.add(sheet.name, measured_at=now, **row)
    owner = "account_code" if sheet.name == "post" else "unit_code"
    for code in dict.fromkeys(row[owner] for row in rows):
        batch.add(
            "coverage",
            measured_at=now,
            collector="ledgers",
            aspect=ASPECTS[sheet.name],
            ok=True,
            complete=True,
            items=sum(row[owner] == code for row in rows),
            **{owner: code},
        )
    return len(rows)


def _unit(sheet: Sheet, row: Row, context: _Context, faults: list[Fault]) -> str:
    given = row.values["unit_code"]
    if given and given not in context.units:
        faults.append(
            row.fault(sheet, "unit_code", f"「{given}」不在责任单位台账里", "请先登记单位，或更正名称")
        )
    return context.units.get(given, given or "")


def _masked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Free text with personal data masked; codes, dates and choices as they are."""
    free = {"note", "handler", "title"}
    return {k: privacy.masked(v) if k in free and isinstance(v, str) else v for k, v in values.items()}


def _not_in_future(
    sheet: Sheet, row: Row, names: Sequence[str], context: _Context, faults: list[Fault]
) -> None:
    for name in names:
        value = row.values[name]
        if value and value > context.today:
            faults.append(row.fault(sheet, name, f"{value} 晚于今天 {context.today}", "请核对日期"))


def _ordered(sheet: Sheet, row: Row, first: str, second: str, faults: list[Fault]) -> None:
    a, b = row.values[first], row.values[second]
    if a and b and b < a:
        faults.append(row.fault(sheet, second, f"{b} 早于{sheet.field(first).heading} {a}", "请核对先后"))


def _application(sheet: Sheet, row: Row, context: _Context, faults: list[Fault]) -> dict[str, Any]:
    values = row.values
    _not_in_future(sheet, row, ("received_on", "answered_on"), context, faults)
    pairs = (
        ("received_on", "correction_asked_on"),
        ("correction_asked_on", "correction_received_on"),
        ("third_party_from", "third_party_to"),
        ("received_on", "third_party_from"),
        ("received_on", "answered_on"),
    )
    before = len(faults)
    for first, second in pairs:
        _ordered(sheet, row, first, second, faults)
    out = {**_masked(values), "unit_code": _unit(sheet, row, context, faults)}
    if values["received_on"] and len(faults) == before:
        third = (
            (
                values["third_party_from"],
                values["third_party_to"] or max(context.today, values["third_party_from"]),
            )
            if values["third_party_from"]
            else None
        )
        try:
            out["due_on"] = deadline.compute(
                context.calendar,
                values["received_on"],
                extended=bool(values["extended"]),
                third_party=third,
                corrected=values["correction_received_on"],
            ).due
        except CockpitError as error:
            faults.append(row.fault(sheet, "received_on", str(error)))
    return out


def _message(sheet: Sheet, row: Row, context: _Context, faults: list[Fault]) -> dict[str, Any]:
    _not_in_future(sheet, row, ("received_on", "answered_on"), context, faults)
    _ordered(sheet, row, "received_on", "answered_on", faults)
    return {**_masked(row.values), "unit_code": _unit(sheet, row, context, faults)}


def _post(sheet: Sheet, row: Row, context: _Context, faults: list[Fault]) -> dict[str, Any]:
    known = {a.account_code for a in context.register.accounts}
    code = row.values["account_code"]
    if code and code not in known:
        faults.append(
            row.fault(
                sheet, "account_code", f"「{code}」不在政务新媒体台账里", "请先在 registry/accounts.csv 登记"
            )
        )
    _not_in_future(sheet, row, ("posted_on",), context, faults)
    return _masked(row.values)


CHECKS: Mapping[str, Callable[[Sheet, Row, _Context, list[Fault]], dict[str, Any]]] = MappingProxyType(
    {"application": _application, "message": _message, "post": _post}
)
