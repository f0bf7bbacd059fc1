"""Bank accounts (IBAN, ISO 13616: remainder 1 when divided by 97) and payment cards (ISO/IEC 7812: Luhn)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polku.text.redaction.spans import Kind, Span

LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18,
    "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24,
    "XK": 20,
}  # fmt: skip
"""Characters of an IBAN by country (SWIFT's IBAN registry)."""

_START = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{2}\d{2}")
_SEPARATORS = " -\u00a0\u202f"
_CARD = re.compile(
    r"(?<!\d)(?:\d{4}([ \-\u00a0]?)\d{4}\1\d{4}\1\d{1,7}|\d{4}[ \-]?\d{6}[ \-]?\d{4,5}|\d{13,19})(?!\d)"
)
_ISSUERS = re.compile(r"4|5[0-8]|6|3[0-9]|2[2-7]")


def is_iban(account: str) -> bool:
    """Whether an account number without separators has its country's length and the right check digits.

    >>> is_iban("FI2112345600000785"), is_iban("FI2112345600000786")
    (True, False)
    """
    account = account.upper()
    if LENGTHS.get(account[:2]) != len(account) or not account.isascii() or not account.isalnum():
        return False
    return int("".join(str(int(c, 36)) for c in account[4:] + account[:4])) % 97 == 1


def is_card(number: str) -> bool:
    """Whether a number of 13–19 digits passes Luhn's check and begins as a card does.

    >>> is_card("4111111111111111"), is_card("4111111111111112")
    (True, False)
    """
    if not 13 <= len(number) <= 19 or not _ISSUERS.match(number):
        return False
    digits = [int(d) for d in reversed(number)]
    return (sum(digits[::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2])) % 10 == 0


def ibans(text: str) -> Iterator[Span]:
    for match in _START.finditer(text):
        length = LENGTHS.get(match[0][:2].upper())
        if length is None:
            continue
        end, account = match.end(), match[0]
        while end < len(text) and len(account) < length:
            if text[end].isascii() and text[end].isalnum():
                account += text[end]
            elif text[end] not in _SEPARATORS or text[end - 1] in _SEPARATORS:
                break
            end += 1
        if is_iban(account) and not (end < len(text) and text[end].isalnum()):
            yield Span(match.start(), end, Kind.IBAN)


def cards(text: str) -> Iterator[Span]:
    for match in _CARD.finditer(text):
        if is_card(re.sub(r"\D", "", match[0])):
            yield Span(match.start(), match.end(), Kind.CARD)
