#!/usr/bin/env python3
"""Says whether requirements.lock pins what pyproject.toml asks for, every pin with hashes and none with an address."""

import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PIN = re.compile(r"(?P<name>[\w.-]+)==(?P<version>[^\s;]+)( ; [^\\]+)?( \\)?")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


@dataclass
class Pin:
    line: int
    name: str
    version: str
    hashes: list[str] = field(default_factory=list)


def asked_for(pyproject: str) -> list[Requirement]:
    """What the lock is made from: the dependencies, the extra `embedded` and the group `dev`."""
    tables = tomllib.loads(pyproject)
    project = tables["project"]
    extra, group = project["optional-dependencies"]["embedded"], tables["dependency-groups"]["dev"]
    return [Requirement(line) for line in (*project["dependencies"], *extra, *group)]


def faults(requirements: list[Requirement], lock: str) -> Iterator[str]:
    pins: list[Pin] = []
    for number, line in enumerate(lock.splitlines(), start=1):
        if pin := PIN.fullmatch(line):
            pins.append(Pin(number, canonicalize_name(pin["name"]), pin["version"]))
        elif HASH.fullmatch(line) and pins:
            pins[-1].hashes.append(line)
        else:
            yield f"requirements.lock:{number}: neither a pin nor a hash: {line}"
    yield from (f"requirements.lock:{pin.line}: {pin.name} has no hash" for pin in pins if not pin.hashes)
    for requirement in requirements:
        yield from _unmet(requirement, [pin for pin in pins if pin.name == canonicalize_name(requirement.name)])


def _unmet(requirement: Requirement, pins: list[Pin]) -> Iterator[str]:
    if not pins:
        yield f"requirements.lock: {requirement} is not pinned"
    for pin in pins:
        if not requirement.specifier.contains(pin.version, prereleases=True):
            yield f"requirements.lock:{pin.line}: {pin.name}=={pin.version} is not {requirement}"


def main(root: Path) -> int:
    requirements = asked_for((root / "pyproject.toml").read_text())
    found = list(faults(requirements, (root / "requirements.lock").read_text()))
    print("\n".join([*found, "`make lock` mends it"] if found else ["requirements.lock is fresh"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).parents[1]))
