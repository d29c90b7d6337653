"""A demonstration city whose every free text is hostile: whatever a collector, a ledger or a person may write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cockpit import access, clock, demo, demo_disputes, store
from cockpit.paths import DataDir
from cockpit.registry import files
from cockpit.store.schema import input_tables
from collectors import samples
from tests import cities
from tests.sites.hostile.strings import VISIBLE, poison, poison_address

ADDRESSES = frozenset(
    ["url", "page_url", "source_page", "evidence_url", "source", "interpretation_url", "response_url"]
)
FREE = frozenset(
    [
        "note",
        "title",
        "reason",
        "actor",
        "text",
        "target",
        "owner",
        "approved_by",
        "suggestion",
        "place",
        "excerpt",
        "evidence",
        "distance",
        "detail",
        "content",
        "contact",
        "channel_name",
        "before",
        "after",
        "zone_name",
        "undone_by",
        "topic",
        "time_limit",
        "task_title",
        "task_text",
        "subject_name",
        "subject",
        "reviewer",
        "accepted_post",
        "registered_post",
        "handled_post",
        "reviewed_post",
        "answered_post",
        "archived_post",
        "policy_title",
        "responsible",
        "post_name",
        "matter",
        "item_name",
        "issuer",
        "decision",
        "decided_by",
        "confirmed_by",
        "due_basis",
        "basis",
        "host",
        "handler",
        "attachment",
        "accepter",
        "failure",
        "tls_version",
        "missing_headers",
        "address",
        "channels_out",
        "etag",
        "last_modified",
        "object_id",
        "technique",
        "stage",
        "locator",
        "fact",
    ]
)
# Identifiers, vocabularies and digests: what is in them was made or checked by the program.
CODES = frozenset(
    [
        "run_id",
        "unit_code",
        "site_code",
        "account_code",
        "cause",
        "week",
        "finding_id",
        "indicator_id",
        "content_sha256",
        "kind",
        "aspect",
        "warning_id",
        "rule",
        "action",
        "snapshot_sha256",
        "report_item",
        "grade",
        "event_id",
        "detector_version",
        "collector",
        "code_version",
        "channel_in",
        "verdict",
        "unit_group",
        "to_state",
        "from_state",
        "task_code",
        "severity",
        "rules_version",
        "rules_sha256",
        "object_kind",
        "notice_id",
        "nature",
        "mark_id",
        "family",
        "dispute_id",
        "deduction_id",
        "clause",
        "channel_type",
        "bonus_id",
        "batch_id",
        "application_id",
        "warning_level",
        "unit_codes",
        "tier",
        "scope",
        "review_no",
        "review_method",
        "review_kind",
        "results_sha256",
        "due_sha256",
        "result",
        "report_kind",
        "record_no",
        "quarter",
        "post_id",
        "period",
        "page_type",
        "outcome",
        "opinion_no",
        "opinion_grade",
        "occasion",
        "notice_level",
        "mock_id",
        "missing",
        "message_id",
        "mark",
        "judgement",
        "item_id",
        "item_code",
        "interpreter_no",
        "interpretation_form",
        "incident_no",
        "incident_kind",
        "form",
        "file_name",
        "facts_sha256",
        "event_no",
        "event_kind",
        "document_kind",
        "disclosure",
        "delivery_state",
        "delivery_id",
        "commend_kind",
        "clause_no",
        "channel",
        "case_no",
        "audience",
        "attachment_sha256",
        "applicant_type",
        "signature",
        "state",
        "doc_no",
        "zone_no",
    ]
)
COMPUTED = frozenset(
    [
        "indicator_result",
        "frozen_evidence",
        "due_matter",
        "deduction",
        "bonus_row",
        "object_score",
        "score",
        "issue",
        "issue_file",
        "warning_log",
    ]
)
NAMES = ("unit_name", "short_name", "site_name", "account_name", "note", "contact", "title", "evidence", "reason", "approved_by")  # fmt: skip
ATTACHMENT = "../../说明<img src=x onerror=window.pwned=1>\u202etxt.exe\x1b[31m=1+1.txt"


class _Batch(store.Batch):
    """A batch whose free texts are poisoned on their way in."""

    def add(self, table: str, **row: Any) -> None:
        if table not in COMPUTED:
            row = {name: _poisoned(name, value) for name, value in row.items()}
        super().add(table, **row)


def _poisoned(name: str, value: Any) -> Any:
    if not isinstance(value, str) or not value:
        return value
    if name in ADDRESSES or (name in {"target", "locator"} and value.startswith("http")):
        return poison_address(value)
    return poison(value) if name in FREE else value


def _write_tables(folder: Path, tables: Mapping[Any, Sequence[Mapping[str, Any]]]) -> list[Path]:
    """The register with names of visible letters; it accepts no others."""
    return files.write_tables(
        folder,
        {
            sheet: [
                {k: poison(v, VISIBLE, 300) if k in NAMES and v else v for k, v in row.items()}
                for row in rows
            ]
            for sheet, rows in tables.items()
        },
    )


def unsorted_columns() -> list[str]:
    """Text columns of input tables that are said to be neither free text nor made by the program."""
    known = ADDRESSES | FREE | CODES
    return sorted(
        f"{table}.{column.name}"
        for table, spec in input_tables().items()
        for column in spec.columns.values()
        if column.type == "VARCHAR" and column.name not in known
    )


def build(data: DataDir, now: datetime, weeks: int = 1) -> DataDir:
    """The city; patches are undone before it returns."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "Batch", _Batch)
        patch.setattr(samples, "write_tables", _write_tables)
        patch.setattr(demo_disputes, "_proof", lambda reason: (ATTACHMENT, reason.encode()))
        demo.build(data, now, weeks, quiet=True)
    access.write_people(access.access_file(data), _people())
    return data


def _people() -> Iterable[dict[str, str]]:
    return [
        {"account": f"{n}@{'x' * 40}.example", "name": poison(f"{label}乙", VISIBLE, 80), "role": role}
        for n, (role, label) in enumerate(access.ROLES.items())
        if role != "contact"
    ]


def shared(folders: pytest.TempPathFactory) -> DataDir:
    """The city of this test run."""
    return cities.copy("hostile", lambda data: build(data, clock.now()), folders)
