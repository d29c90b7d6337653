"""A small demonstration city, and screens run as a person of each role."""

from __future__ import annotations

import pytest

from cockpit import access
from cockpit.paths import DataDir
from tests import cities

LOGIN = {
    "redirect_uri": "http://localhost:8501/oauth2callback",
    "cookie_secret": "a test secret of more than thirty-two characters",
    "client_id": "cockpit-test",
    "client_secret": "s",
    "server_metadata_url": "http://127.0.0.1:1/.well-known/openid-configuration",
}


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    data = cities.today(tmp_path_factory)
    rows = [
        {"account": f"{role}@xinyu.example", "name": f"{label}甲", "role": role}
        | ({"unit_code": worst_unit(data)} if role == "contact" else {})
        for role, label in access.ROLES.items()
    ]
    access.write_people(access.access_file(data), rows)
    return data


def worst_unit(data: DataDir) -> str:
    """The unit with the most open warnings."""
    from cockpit import store

    with store.reader(data) as reader:
        row = reader.one(
            "SELECT unit_code FROM warning WHERE closed_at IS NULL GROUP BY unit_code ORDER BY count(*) DESC, unit_code LIMIT 1"
        )
    return row["unit_code"]
