"""The search attributes that operations find processes by, and their types in Temporal."""

from typing import Final

SEARCH_ATTRIBUTES: Final = {
    "Process": "Keyword",
    "BusinessStatus": "Keyword",
    "WaitingOn": "Keyword",
    "WaitingUntil": "Datetime",
}
