"""Files of cases, one a line as JSON, as anyone may bring them."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

CaseT = TypeVar("CaseT", bound=BaseModel)


class Unfit(Exception):
    """A line that is no case: which, where, what is wrong."""

    def __init__(self, file: Path, line: int, what: str) -> None:
        super().__init__(" ".join(f"{file}:{line}: {what}".split()))


def read_cases(file: Path, kind: type[CaseT]) -> list[CaseT]:
    """The cases in a file; raises Unfit with the first thing that does not fit the format."""
    try:
        lines = file.read_text(encoding="utf-8").split("\n")  # free text may hold other line ends
    except (OSError, UnicodeDecodeError) as error:
        raise Unfit(file, 1, str(error)) from error
    return [_case(file, kind, number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def _case(file: Path, kind: type[CaseT], number: int, line: str) -> CaseT:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "case"
        raise Unfit(file, number, f"{place}: {first['msg']}") from error
