"""The parts of 台账管理: choose a table, edit or upload it, see what would change, save, take back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd
import streamlit as st

from cockpit import books, clock, store, tabular, tabular_out, trail
from cockpit.books import BOOKS, Book, Proposal
from cockpit.errors import CockpitError
from cockpit.tabular import Field
from cockpit.ui import data, door, html, numbers, tips, who

MOST_SHOWN = 60
MOST_CHANGES = 40


def lead() -> str:
    """What is registered, and what still has to be verified."""
    sites, units = _rows("site"), _rows("unit")
    if not units:
        return "还没有台账。先用自带的责任单位台账，或上传自己的。"
    unverified = sum(not row["verified"] for row in sites)
    tail = (
        f"<b>{unverified} 个网站的域名还没有核实</b>，采集前请先核对。"
        if unverified
        else "网站域名都已核实。"
    )
    return f"{len(units)} 个责任单位、{len(sites)} 个网站、{len(_rows('account'))} 个新媒体账号。{tail}改动先校验、先看差异，再保存；可撤销上一次保存。"


def kpis() -> str:
    names = {"unit": "责任单位", "site": "网站", "channel": "栏目", "account": "新媒体账号"}
    notes = {
        "unit": "考核对象",
        "site": _in_use("site", "在采集"),
        "channel": "人工登记的，其余由巡查发现",
        "account": _in_use("account", "在用"),
    }
    cells = [
        html.Kpi(
            name, f"{len(_rows(key))}", "行", notes[key], html.link("registry_admin", book=key, show="list")
        )
        for key, name in names.items()
    ]
    white = _rows("lexicon-whitelist")
    ended = sum(row["valid_to"] <= data.today() for row in white)
    cells.append(
        html.Kpi(
            "白名单",
            f"{len(white)}",
            "条",
            f"{ended} 条已过期" if ended else "都在有效期内",
            html.link("registry_admin", book="lexicon-whitelist", show="list"),
        )
    )
    return html.kpis(cells, tips.of("registry_admin"))


def _in_use(key: str, word: str) -> str:
    """How many rows are in use today, as the overview counts them."""
    rows, today = _rows(key), data.today()
    used = sum(
        row["state"] == "active"
        and (row["valid_from"] is None or row["valid_from"] <= today)
        and (row["valid_to"] is None or row["valid_to"] > today)
        for row in rows
    )
    return f"{word} {used}" + (f" · 停用或注销 {len(rows) - used}" if len(rows) > used else "")


def _rows(key: str) -> list[dict[str, Any]]:
    try:
        return books.rows(data.data(), BOOKS[key])
    except CockpitError:
        return []


def editor(book: Book) -> None:
    """The table itself, or a file in its place; then what would change."""
    html.show(html.title(book.title, f"{len(_rows(book.key))} 行；{_origin(book)}"))
    if not who.may(book.act):
        html.show(html.state("", f"{html.e(who.why(book.act))}。"), _table(book))
        return
    try:
        known = books.rows(data.data(), book)
    except CockpitError as error:
        html.show(html.state("error", html.e(error)))
        known = []
    base = books.version(data.data(), book)
    typed, uploaded = st.tabs(["在线修改", "上传文件"])
    with typed:
        _typed(book, known, base)
    with uploaded:
        _uploaded(book, base)
    _proposed(book)


def _origin(book: Book) -> str:
    path = books.path_of(data.data(), book)
    own = path.is_file() and path.is_relative_to(data.data().root)
    return "本目录自己的文件" if own else "目前用自带的，保存后成为本目录自己的文件"


def _table(book: Book) -> str:
    known = _rows(book.key)
    columns = [
        html.Column(f.heading, lambda r, f=f: html.e(tabular_out.shown(f, r[f.name]) or "—"))
        for f in book.sheet.fields
    ]
    return html.table(columns, known) if known else html.state("", "这张表还没有内容。")


def whole(book: Book) -> str:
    """All rows, to read and to print."""
    back = html.anchor("← 去修改", html.link("registry_admin", book=book.key), "ck-chip")
    return html.title(book.title, f"{len(_rows(book.key))} 行") + back + _table(book)


def _typed(book: Book, known: list[dict[str, Any]], base: str) -> None:
    html.show(
        '<p class="ck-quiet">直接在格子里改；最后一行下面可以加行，选中行首可以删行。带 * 的列必填。</p>'
    )
    frame = pd.DataFrame(
        [{f.heading: _cell(f, row[f.name]) for f in book.sheet.fields} for row in known],
        columns=[f.heading for f in book.sheet.fields],
    )
    edited = st.data_editor(
        frame,
        num_rows="dynamic",
        width="stretch",
        height=420,
        key=f"editor_{book.key}_{base[:8]}",
        column_config={f.heading: _column(f) for f in book.sheet.fields},
        placeholder="",
    )
    if st.button("校验并预览差异", key=f"preview_{book.key}", type="primary"):
        cells = [{h: _plain(v) for h, v in row.items()} for row in edited.to_dict("records")]
        st.session_state["proposal"] = books.propose(data.data(), book, cells, base)


def _cell(spec: Field, value: Any) -> Any:
    """A value as the editor shows it: choices and 是/否 by label, the rest as it is."""
    if spec.kind in {"choice", "bool"}:
        return tabular_out.shown(spec, value)
    return value


def _column(spec: Field) -> Any:
    label = f"{spec.heading}{' *' if spec.required else ''}"
    help_text = spec.note or None
    made = {
        "choice": lambda: st.column_config.SelectboxColumn(
            label, options=list(spec.choices.values()), help=help_text
        ),
        "bool": lambda: st.column_config.SelectboxColumn(label, options=["是", "否"], help=help_text),
        "int": lambda: st.column_config.NumberColumn(label, step=1, help=help_text),
        "date": lambda: st.column_config.DateColumn(label, format="YYYY-MM-DD", help=help_text),
    }.get(spec.kind)
    return made() if made else st.column_config.TextColumn(label, help=help_text)


def _plain(value: Any) -> Any:
    """A cell of the editor as a person would have typed it."""
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date | str) else int(value) if float(value).is_integer() else value


def _uploaded(book: Book, base: str) -> None:
    a, b = st.columns(2)
    with a:
        door.download(
            "下载空模板（CSV）",
            books.template(book),
            f"{book.title}模板.csv",
            "text/csv",
            key=f"template_{book.key}",
            about=f"空模板 {book.title}",
            width="stretch",
        )
    with b:
        door.download(
            "下载现有内容（CSV）",
            tabular_out.sheet_csv(book.sheet, _rows(book.key)),
            f"{book.title}.csv",
            "text/csv",
            key=f"current_{book.key}",
            about=f"台账 {book.title}",
            width="stretch",
        )
    given = st.file_uploader(
        "CSV 或 Excel 文件，UTF-8 或 GBK",
        key=f"upload_{book.key}",
        max_upload_size=tabular.MAX_BYTES // 1_000_000,
    )
    way = st.radio(
        "怎样合并",
        ["merge", "replace"],
        format_func={
            "merge": "按编码合并：有的更新，没有的新增",
            "replace": "整表替换：文件里没有的行会删除",
        }.get,
        key=f"way_{book.key}",
        horizontal=True,
    )
    if st.button("校验并预览差异", key=f"check_{book.key}", type="primary", disabled=given is None) and given:
        st.session_state["proposal"] = books.upload(
            data.data(), book, given.name, given.getvalue(), base, merge=way == "merge"
        )


def _proposed(book: Book) -> None:
    """Faults or the difference; only what has no fault can be saved."""
    proposal: Proposal | None = st.session_state.get("proposal")
    if proposal is None or proposal.book.key != book.key:
        return
    if proposal.faults:
        html.show(
            html.title("要改的地方", f"{len(proposal.faults)} 处；改好以前什么都不会保存"), _faults(proposal)
        )
        return
    if not proposal.difference:
        html.show(html.state("", "和现有内容没有差别。"))
        return
    html.show(html.title("保存后会这样变", proposal.difference.told()), _difference(proposal))
    actor = who.sign("操作人（岗位）", "book_actor")
    if st.button(f"保存{book.title}", type="primary", key=f"save_{book.key}"):
        _save(proposal, actor)


def _faults(proposal: Proposal) -> str:
    columns = [
        html.Column("行", lambda f: html.e(f["row"] or "—"), "num"),
        html.Column("列", lambda f: html.e(f["field"] or "—"), "nw"),
        html.Column("问题", lambda f: html.e(f["message"]), "full"),
        html.Column("怎么改", lambda f: html.e(f["remedy"] or "—"), "full"),
    ]
    return html.table(columns, (vars(f) for f in proposal.faults[:MOST_SHOWN]), css="stack")


def _difference(proposal: Proposal) -> str:
    told = proposal.difference
    parts = [
        f"<p>{label} {len(keys)} 行：{html.e('、'.join(keys[:MOST_CHANGES]))}{' 等' if len(keys) > MOST_CHANGES else ''}</p>"
        for label, keys in (("新增", told.added), ("<b>删除</b>", told.removed))
        if keys
    ]
    columns = [
        html.Column("行", lambda c: html.e(c["row"])),
        html.Column("列", lambda c: html.e(c["heading"]), "nw"),
        html.Column("原来", lambda c: html.e(c["before"] or "（空）")),
        html.Column("改为", lambda c: html.e(c["after"] or "（空）")),
    ]
    shown = [vars(c) for c in told.changed[:MOST_CHANGES]]
    more = len(told.changed) - len(shown)
    rest = f'<p class="ck-quiet">另有 {more} 处修改未列出。</p>' if more > 0 else ""
    return "".join(parts) + (html.table(columns, shown, css="stack") + rest if shown else "")


def _save(proposal: Proposal, actor: str) -> None:
    who.require(proposal.book.act)
    book, now = proposal.book, clock.now()
    before = _content(book)
    try:
        saved = books.save(data.data(), proposal, actor=actor, now=now)
    except CockpitError as error:
        html.show(html.state("error", html.e(error)))
        return
    _publish(book, before, actor, now, f"保存{book.title}，并更新各页")
    st.session_state.pop("proposal", None)
    st.session_state["book_told"] = f"{book.title}已保存：{saved.told}"
    st.rerun()


def _content(book: Book) -> bytes | None:
    path = data.data().root / book.folder / book.file
    return path.read_bytes() if path.is_file() else None


def _publish(book: Book, before: bytes | None, actor: str, now: datetime, doing: str) -> None:
    """Into the trail; and the published register follows at once, where there is a database."""
    path = data.data().root / book.folder / book.file
    trail.file_edit(data.data(), path, before, _content(book), actor=actor, now=now)
    if store.version(data.data()) is not None:
        data.publish(doing, force=True)


def undo(book: Book) -> None:
    """What was just done, and the way back."""
    told = st.session_state.pop("book_told", None)
    with st.container():  # always there, so that what stands below stays open when the word goes
        if told:
            html.show(html.done(html.e(told), told))
    last = books.undoable(data.data(), book)
    if last is None or not who.may(book.act):
        return
    done = f"{last.actor}，{last.at[:16].replace('T', ' ')}：{last.told}"
    with st.expander(f"撤销上一次保存（{html.label(done)}）"):
        actor = who.sign("操作人（岗位）", f"undo_actor_{book.key}")
        if st.button("撤销这次保存", key=f"undo_{book.key}"):
            who.require(book.act)
            now, before = clock.now(), _content(book)
            try:
                entry = books.undo(data.data(), book, actor=actor, now=now)
            except CockpitError as error:
                html.show(html.state("error", html.e(error)))
                return
            _publish(book, before, actor, now, "撤销，并更新各页")
            st.session_state["book_told"] = f"已{entry.told}"
            st.rerun()


def history() -> str:
    """Who saved what, newest first."""
    found = books.history(data.data())[:20]
    head = html.title("最近的保存", f"{len(found)} 次")
    if not found:
        return head + html.state("", "还没有人在这里保存过。")

    def title(row: Mapping[str, Any]) -> str:
        return BOOKS[row["book"]].title if row["book"] in BOOKS else row["book"]

    columns = [
        html.Column("时间", lambda r: html.e(r["at"][:16].replace("T", " ")), "nw"),
        html.Column("谁", lambda r: html.e(r["actor"]), "nw"),
        html.Column("表", lambda r: html.e(title(r)), "nw"),
        html.Column("做了什么", lambda r: html.e(r["told"]), "full"),
    ]
    return head + html.table(columns, (vars(e) for e in found), css="stack")


def as_of() -> str:
    """For the header: when the shown files were read."""
    return f"文件截至 {numbers.clock(clock.now())}"
