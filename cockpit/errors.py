"""The whole family of errors a user can meet.

CockpitError             message is Chinese and complete; the command line prints it and exits 2
├── InputError           an input file is wrong; carries every fault, not only the first
├── StoreError           nothing published yet, a damaged database, a data folder that must not be mixed
└── (RuleError)          a wrong field in data/rules, defined beside the loader
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass

# What the system says in English, for people.
SYSTEM = {
    errno.ENOENT: "没有这个文件或目录",
    errno.EACCES: "没有权限",
    errno.EPERM: "系统不允许",
    errno.EISDIR: "这是一个目录，不是文件",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.EEXIST: "已有同名的文件",
    errno.ELOOP: "链接指来指去，没有尽头",
    errno.ENOTEMPTY: "目录不是空的",
    errno.EBUSY: "正被占用",
    errno.EFBIG: "文件太大",
    errno.EINVAL: "名字或位置不合要求",
    errno.ETIMEDOUT: "等待超时",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出磁盘配额",
    errno.EROFS: "磁盘是只读的",
    errno.EIO: "磁盘读写出错",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EMFILE: "打开的文件太多",
}


def why(error: OSError) -> str:
    """The cause of a failed file operation in Chinese; an unusual one by its number."""
    return SYSTEM.get(error.errno or 0) or f"系统错误 {error.errno or type(error).__name__}"


class CockpitError(Exception):
    """Anything the user can mend. The message says what is wrong and what to do, in Chinese."""


class StoreError(CockpitError):
    """The published database cannot be used as asked."""


@dataclass(frozen=True)
class Fault:
    """One wrong place in one input file, as the user sees it in Excel (first row = 1)."""

    file: str
    row: int | None
    field: str | None
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        place = (
            self.file
            + (f" 第 {self.row} 行" if self.row else "")
            + (f"「{self.field}」" if self.field else "")
        )
        return f"{place}：{self.message}" + (f"。{self.remedy}" if self.remedy else "")


class InputError(CockpitError):
    """An input file with faults; nothing of it was used."""

    def __init__(self, faults: Sequence[Fault], headline: str = "") -> None:
        self.faults = list(faults)
        self.headline = headline or f"输入有 {len(self.faults)} 处错误，未做任何改动："
        super().__init__("\n".join([self.headline, *(f"  {fault}" for fault in self.faults)]))
