"""Postal codes as spreadsheets leave them."""

from __future__ import annotations

US_DIGITS = 5


def cleaned_postal(text: str, country: str) -> str:
    """Return a postal code without spreadsheet traces.

    A leading apostrophe, which keeps a spreadsheet from dropping zeros, is removed; a US ZIP
    that lost its zeros gets them back, with or without the four digits of a ZIP+4.
    """
    code = text.strip().removeprefix("'").strip()
    if country != "US":
        return code
    zip5, dash, plus4 = code.partition("-")
    return f"{zip5.zfill(US_DIGITS)}{dash}{plus4}" if zip5.isascii() and zip5.isdigit() else code
