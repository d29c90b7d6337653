"""The notification settings (data/rules/notify.toml): read and validated; a wrong field stops with its name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cockpit.errors import CockpitError
from cockpit.paths import SHIPPED

AUDIENCES: Mapping[str, str] = MappingProxyType(
    {"contact": "联系人", "leader": "分管领导", "office": "市政府办"}
)
KINDS = ("mail", "wecom", "dingtalk", "feishu", "webhook", "apprise")


@dataclass(frozen=True)
class Channel:
    """One way out. `secret`: the name of its secret, never the secret itself."""

    name: str
    kind: str
    audience: tuple[str, ...]
    secret: str
    per_minute: int


@dataclass(frozen=True)
class Settings:
    """Everything that says when who is told what."""

    link: str
    quiet: tuple[time, time]
    digest: tuple[time, ...]
    repeat: tuple[float, ...]
    end_of_day: str
    ladder: Mapping[str, int]
    retry: tuple[int, ...]
    channels: tuple[Channel, ...]

    def is_quiet(self, local: datetime) -> bool:
        """Whether a Beijing time lies in the quiet hours, which may go over midnight."""
        start, end = self.quiet
        now = local.time()
        return start <= now < end if start <= end else now >= start or now < end


def load_settings(folder: Path) -> Settings:
    """Read notify.toml of a rules folder, the shipped one where a folder has none. Raises CockpitError."""
    path = folder / "notify.toml"
    if not path.is_file():
        path = SHIPPED / "rules" / "notify.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CockpitError(f"{path} 不是正确的 TOML：{error}") from error
    return _Reader(path, raw).settings()


@dataclass(frozen=True)
class _Reader:
    """Takes the fields out of the file, each with its complaint."""

    path: Path
    raw: Mapping[str, Any]

    def settings(self) -> Settings:
        first, _, last = str(self.get("notify", "quiet", str)).partition("-")
        ladder = {who: self.get("ladder", who, int) for who in ("leader", "office")}
        link = self.get("notify", "link", str)
        if link and not re.fullmatch(r"https?://[^\s\"'<>?#]+", link):
            self.wrong("notify", "link", "应是 http:// 或 https:// 开头的内网地址，不含参数")
        repeat = tuple(float(x) for x in self.numbers("notify", "repeat"))
        if any(not 0 < share <= 1 for share in repeat):
            self.wrong("notify", "repeat", "应在 0 到 1 之间")
        return Settings(
            link.rstrip("/"),
            (self.time("notify", "quiet", first), self.time("notify", "quiet", last)),
            tuple(self.time("notify", "digest", text) for text in self.get("notify", "digest", list)),
            repeat,
            f"{self.time('notify', 'end_of_day', self.get('notify', 'end_of_day', str)):%H:%M}",
            MappingProxyType(ladder),
            tuple(int(x) for x in self.numbers("retry", "minutes")),
            tuple(self.channel(n, entry) for n, entry in enumerate(self.raw.get("channel", []), 1)),
        )

    def channel(self, number: int, entry: Mapping[str, Any]) -> Channel:
        place = f"第 {number} 个 [[channel]]"
        name, kind, secret = (str(entry.get(k) or "") for k in ("name", "kind", "secret"))
        audience = entry.get("audience")
        if not name or kind not in KINDS:
            self.wrong(place, "kind" if name else "name", f"kind 应是 {'、'.join(KINDS)} 之一，name 不能为空")
        if not isinstance(audience, list) or not audience or set(audience) - set(AUDIENCES):
            self.wrong(place, "audience", f"应是 {'、'.join(AUDIENCES)} 中的一个或几个")
        if not re.fullmatch(r"[A-Z][A-Z0-9_]{1,40}", secret):
            self.wrong(place, "secret", "应是密钥的名字（大写字母、数字、下划线），不是密钥本身")
        most = entry.get("per_minute", 20)
        if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= 600:
            self.wrong(place, "per_minute", "应是 1 到 600 之间的整数")
        return Channel(name[:40], kind, tuple(audience), secret, most)

    def get(self, section: str, name: str, kind: type) -> Any:
        value = self.raw.get(section, {}).get(name)
        if not isinstance(value, kind) or isinstance(value, bool) or (kind is int and value < 0):
            words = {str: "文字", int: "不小于 0 的整数", list: "列表"}
            self.wrong(section, name, f"应是{words[kind]}")
        return value

    def numbers(self, section: str, name: str) -> Sequence[float]:
        values = self.get(section, name, list)
        if not values or any(isinstance(v, bool) or not isinstance(v, int | float) or v <= 0 for v in values):
            self.wrong(section, name, "应是正数的列表")
        return values

    def time(self, section: str, name: str, text: Any) -> time:
        try:
            return time.fromisoformat(str(text).strip())
        except ValueError:
            return self.wrong(section, name, f"「{text}」不是时刻，应写成 09:00")

    def wrong(self, section: str, name: str, message: str) -> Any:
        raise CockpitError(f"{self.path}：{section} 的 {name} 有误，{message}")
