"""Storage: collectors and clicks write batches, `load` publishes them, everybody else reads.

Only this room knows that the store is DuckDB files turned by a symbolic link.
"""

from cockpit.store.batch import Batch, Header, new_run_id, read_header
from cockpit.store.load import LoadReport, Register, load, not_before, pending_batches, rebuild
from cockpit.store.queries.attachments import attachment_findings, known_attachments
from cockpit.store.queries.links import failing_links
from cockpit.store.queries.pages import page_dates
from cockpit.store.queries.snapshots import guarded_snapshots
from cockpit.store.reader import Reader, loaded_at, reader, version
from cockpit.store.schema import all_tables, input_tables

__all__ = [
    "Batch",
    "Header",
    "LoadReport",
    "Reader",
    "Register",
    "all_tables",
    "attachment_findings",
    "failing_links",
    "guarded_snapshots",
    "input_tables",
    "known_attachments",
    "load",
    "loaded_at",
    "new_run_id",
    "not_before",
    "page_dates",
    "pending_batches",
    "read_header",
    "reader",
    "rebuild",
    "version",
]
