"""What a stack remembers between starts and tells the processes around it: one directory, in it `stack.json`."""

import base64
import contextlib
import fcntl
import hashlib
import os
import secrets
import signal
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from adapters.embedded.processes import Process, is_alive


class StackUnavailable(Exception):
    """The message is one line that says what to do; a command prints it and ends."""


class Running(BaseModel, frozen=True):
    """A server, its guardian, and how to stop the server should the guardian be gone."""

    guardian: Process | None
    server: Process | None
    stop: signal.Signals


def _webhook_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


class Secrets(BaseModel, frozen=True):
    """Generated once. The API keys and the password of staff stand here in clear: for laptops and tests alone."""

    postgres_password: str = Field(default_factory=secrets.token_urlsafe, repr=False)
    api_key_pepper: str = Field(default_factory=secrets.token_urlsafe, repr=False)
    payments_webhook: str = Field(default_factory=_webhook_secret, repr=False)
    carriers_webhook: str = Field(default_factory=_webhook_secret, repr=False)
    nodes_webhook: str = Field(default_factory=_webhook_secret, repr=False)
    staff_password: str = Field(default_factory=lambda: secrets.token_urlsafe(12), repr=False)
    api_keys: dict[str, str] = Field(default_factory=dict, repr=False)

    def with_api_keys(self, names: Sequence[str]) -> "Secrets":
        new = {name: f"sk_{name}_{secrets.token_hex(32)}" for name in names if name not in self.api_keys}
        return self.model_copy(update={"api_keys": self.api_keys | new})


class Stack(BaseModel, frozen=True):
    """The content of `stack.json`. `temporal_ui` is None where a Temporal of your own is used."""

    supervisor: Process | None = None
    children: dict[str, Running] = {}
    ports: dict[str, int] = {}
    database_url: str = Field(default="", repr=False)
    temporal_address: str = ""
    temporal_ui: str | None = None
    api: str = ""
    partners: str = ""
    mail: str = ""
    secrets: Secrets = Field(default_factory=Secrets)


class StackFile:
    """Keeps `stack.json` in step with the stack that holds the lock."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.stack = _read(directory) or Stack()

    def update(self, **changes: object) -> None:
        self.stack = self.stack.model_copy(update=changes)
        new = self.directory / "stack.json.new"
        new.touch(mode=0o600)
        with new.open("w") as file:
            file.write(self.stack.model_dump_json(indent=2))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.directory / "stack.json")


@contextlib.contextmanager
def usable(directory: Path) -> Iterator[None]:
    """What the system refuses to do with the files of the directory is a `StackUnavailable`."""
    try:
        yield
    except (ConnectionError, TimeoutError):  # of a server, not of a file
        raise
    except OSError as refused:
        why = "Not a directory" if isinstance(refused, FileExistsError) else refused.strerror
        raise StackUnavailable(
            f"{directory} cannot be used: {refused.filename or directory}: {why}."
            " Mend that, or choose another STEWARD_STATE"
        ) from None


def find_stack(environ: Mapping[str, str] = os.environ) -> Stack:
    """The stack that runs now, for the processes beside it; `StackUnavailable` if none does."""
    directory = state_directory(environ)
    stack = _read(directory)
    if not (stack and stack.temporal_address and stack.supervisor and is_alive(stack.supervisor)):
        raise StackUnavailable(
            f"No stack runs on {directory}: start one with `make up`, or set STEWARD_DATABASE_URL and TEMPORAL_ADDRESS"
        )
    return stack


def state_directory(environ: Mapping[str, str]) -> Path:
    """`STEWARD_STATE`, else `.data` here; for root, whose database runs as `nobody`, outside any home."""
    if given := environ.get("STEWARD_STATE"):
        return Path(given).absolute()
    if os.geteuid() == 0:
        checkout = hashlib.sha256(os.fsencode(Path.cwd())).hexdigest()[:12]
        return Path("/var/tmp") / f"steward-{checkout}"  # noqa: S108 - `prepare` refuses another's
    return Path(".data").absolute()


def prepare(directory: Path) -> None:
    """Makes the directory ours alone; as root others may pass through, not look around."""
    with usable(directory):
        directory.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            directory.mkdir()
            directory.chmod(0o711 if os.geteuid() == 0 else 0o700)
        found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise StackUnavailable(
            f"{directory} is not a directory that you alone can write: remove it or choose another STEWARD_STATE"
        )


@contextlib.contextmanager
def alone_on(directory: Path) -> Iterator[None]:
    """One stack per directory; the lock goes with its process, however that ends."""
    path = directory / "stack.lock"
    with usable(directory):
        path.touch(mode=0o600)
        lock = path.open("r+")
    with lock:
        with usable(directory):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StackUnavailable(f"A stack runs on {directory} already, pid {lock.read()}") from None
            lock.truncate()
            lock.write(str(os.getpid()))
            lock.flush()
        yield


def _read(directory: Path) -> Stack | None:
    path = directory / "stack.json"
    try:
        with usable(directory):
            return Stack.model_validate_json(path.read_bytes()) if path.exists() else None
    except ValidationError:
        raise StackUnavailable(f"{path} is not of this version: remove {directory} to start afresh") from None
