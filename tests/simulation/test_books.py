import os
import stat
from contextlib import closing
from datetime import UTC, datetime

from simulation.books import Books


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_partners_books_are_read_by_us_alone_an_older_file_too(tmp_path):
    new, older = tmp_path / "new.sqlite", tmp_path / "older.sqlite"
    older.touch()
    older.chmod(0o644)
    before = os.umask(0)
    try:
        for path in (new, older):
            with closing(Books(path, lambda: datetime.now(UTC))):
                assert {mode(each) for each in tmp_path.glob(f"{path.name}*")} == {0o600}
    finally:
        os.umask(before)
