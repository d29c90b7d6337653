"""All registers by name, in the order people see them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cockpit.registers import tables_city, tables_foi, tables_incidents, tables_media
from cockpit.registers.model import Book

BOOKS: Mapping[str, Book] = MappingProxyType(
    {
        book.name: book
        for book in (*tables_foi.BOOKS, *tables_city.BOOKS, *tables_media.BOOKS, *tables_incidents.BOOKS)
    }
)
