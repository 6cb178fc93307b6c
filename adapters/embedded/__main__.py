"""Runs PostgreSQL and Temporal alone until Ctrl-C: `python -m adapters.embedded`."""

import asyncio
import os
import sys

from adapters.embedded.stack import EmbeddedStack
from adapters.embedded.state import StackUnavailable
from adapters.embedded.supervisor import until_signal


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def main() -> None:
    async with until_signal(), EmbeddedStack.open(report=say) as stack:
        say(f"state     {stack.directory}")
        say(f"database  {stack.facts.database_url.rpartition('@')[2]} (the whole URL is in stack.json)")
        say(f"temporal  {stack.facts.temporal_address}")
        say(f"pages     {stack.facts.temporal_ui}")
        say(f"pid       {os.getpid()} (Ctrl-C stops everything)")
        await stack.run_until_stopped()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except StackUnavailable as unavailable:
        sys.stderr.write(f"{unavailable}\n")
        sys.exit(2)
