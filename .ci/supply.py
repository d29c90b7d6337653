"""Dependencies that can be proven: is the lock file in step, what licences do we ship, the list of parts (SBOM).

python .ci/supply.py check | parts
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
# Licences that would bind what runs beside them; LGPL and MPL are used unchanged, as libraries.
REFUSED = re.compile(r"\bA?GPL|Affero|SSPL|BUSL|Business Source", re.IGNORECASE)
LESSER = re.compile(r"\bLGPL|Lesser", re.IGNORECASE)


def pins(path: Path) -> dict[str, str]:
    """Name (as PyPI compares it) → version of every pin of a file."""
    found = re.findall(r"^([\w.-]+)==([\w.]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def stale() -> list[str]:
    """Pins of requirements.txt that the lock file does not hold."""
    lock = HOME / "requirements.lock"
    locked = pins(lock) if lock.is_file() else {}
    wanted = pins(HOME / "requirements.txt")
    return [f"{name}=={version}" for name, version in wanted.items() if locked.get(name) != version]


def parts() -> list[dict[str, str]]:
    """Every locked part that is installed, with its licence."""
    rows = []
    for name in sorted(pins(HOME / "requirements.lock")):
        try:
            meta = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another system or Python
        rows.append({"name": meta["Name"], "version": meta["Version"], "licence": licence(meta)})
    return rows


def licence(meta: importlib.metadata.PackageMetadata) -> str:
    """The licence as the package states it: expression, classifier, or the first line of its text."""
    classified = [
        c.rpartition("::")[2].strip() for c in meta.get_all("Classifier") or [] if c.startswith("License ::")
    ]
    stated = meta.get("License-Expression") or "；".join(c for c in classified if c != "OSI Approved")
    return stated or (meta.get("License") or "").strip().split("\n")[0][:60] or "未注明"


def refused(rows: list[dict[str, str]]) -> list[str]:
    """Parts whose licence must not be shipped."""
    return [r["name"] for r in rows if REFUSED.search(r["licence"]) and not LESSER.search(r["licence"])]


def bill(rows: list[dict[str, str]]) -> dict[str, object]:
    """A CycloneDX 1.6 bill of materials."""
    text = (HOME / "requirements.lock").read_text(encoding="utf-8")
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "cockpit"}},
        "components": [
            {
                "type": "library",
                "name": r["name"],
                "version": r["version"],
                "purl": f"pkg:pypi/{r['name'].lower().replace('_', '-')}@{r['version']}",
                "licenses": [{"license": {"name": r["licence"]}}],
                "hashes": [{"alg": "SHA-256", "content": h} for h in hashes(text, r["name"])],
            }
            for r in rows
        ],
    }


def hashes(text: str, name: str) -> list[str]:
    """The digests a lock file allows for a part."""
    pattern = re.sub(r"[-_.]+", "[-_.]+", re.escape(name).replace(r"\-", "-").replace(r"\.", "."))
    found = re.search(rf"^{pattern}==[^\n]*\n((?:    --hash[^\n]*\n?)+)", text, re.MULTILINE | re.IGNORECASE)
    return re.findall(r"sha256:([0-9a-f]{64})", found[1]) if found else []


def main() -> int:
    step = sys.argv[1] if len(sys.argv) > 1 else ""
    if step == "check":
        missing = stale()
        if missing:
            print(
                f"requirements.lock 落后于 requirements.txt（{'、'.join(missing)}），请运行 make lock",
                file=sys.stderr,
            )
        return 1 if missing else 0
    if step == "parts":
        rows, out = parts(), HOME / "build"
        out.mkdir(exist_ok=True)
        (out / "sbom.cdx.json").write_text(
            json.dumps(bill(rows), ensure_ascii=False, indent=1), encoding="utf-8"
        )
        lines = ["# 依赖与许可证", "", "| 组件 | 版本 | 许可证 |", "|---|---|---|"]
        lines += [f"| {r['name']} | {r['version']} | {r['licence']} |" for r in rows]
        (out / "licenses.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{len(rows)} 个组件：build/sbom.cdx.json（CycloneDX 1.6）、build/licenses.md")
        for name in refused(rows):
            print(f"✕ {name} 的许可证不能随附", file=sys.stderr)
        return 1 if refused(rows) else 0
    print("用法：python .ci/supply.py check｜parts", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
