"""The screen of a run: where the orders stand, and what just happened; without a screen, a line now and then."""

import time
from collections import Counter, deque
from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Final, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from contracts.states import OrderStatus
from simulation.tables import News, OrderRow

SECONDS_A_LINE: Final = 4.0
NEWS_SHOWN: Final = 8
STAGES: Final = ("being prepared", "held for review", "on the way", "delivered", "canceled")
_COLORS: Final = dict(zip(STAGES, ("cyan", "yellow", "blue", "green", "red"), strict=True))


class Board:
    def __init__(self, console: Console, expected: int) -> None:
        self._console = console
        self._expected = expected
        self._news: deque[str] = deque(maxlen=NEWS_SHOWN)
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None
        self._last_line = 0.0

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._live:
            self._live.stop()

    def tell(self, sentence: str) -> None:
        """Something that is no event of an order."""
        if self._live:
            self._news.append(sentence)
        else:
            self._console.print(sentence, markup=False, soft_wrap=True)

    def show(self, orders: Sequence[OrderRow], news: Sequence[News], now: datetime) -> None:
        self._news.extend(_sentence(each) for each in news)
        counts = Counter(stage_of(order) for order in orders)
        if self._live:
            self._live.update(self._screen(counts, len(orders), now), refresh=True)
        elif time.monotonic() - self._last_line >= SECONDS_A_LINE:
            self._last_line = time.monotonic()
            stages = ", ".join(f"{counts[stage]} {stage}" for stage in STAGES)
            self._console.print(f"{now:%a %H:%M}  {len(orders)} of {self._expected} placed: {stages}", soft_wrap=True)

    def _screen(self, counts: Counter[str], placed: int, now: datetime) -> RenderableType:
        table = Table.grid(padding=(0, 2))
        table.add_row("orders placed", str(placed), self._bar(placed, "white"))
        for stage in STAGES:
            table.add_row(stage, str(counts[stage]), self._bar(counts[stage], _COLORS[stage]))
        told = [Text(sentence, style="dim", no_wrap=True, overflow="ellipsis") for sentence in self._news]
        return Group(f"\n{now:%A %d %B, %H:%M} UTC, business time\n", table, "", *told)

    def _bar(self, count: int, color: str) -> ProgressBar:
        return ProgressBar(total=self._expected, completed=count, width=40, complete_style=color, finished_style=color)


def stage_of(order: OrderRow) -> str:
    match order.status:
        case OrderStatus.COMPLETED:
            return "delivered"
        case OrderStatus.CANCELED:
            return "canceled"
        case OrderStatus.ON_HOLD:
            return "held for review"
        case _:
            return "on the way" if order.handed_over else "being prepared"


def _sentence(news: News) -> str:
    what = news.type.replace(".", " ").replace("_", " ")
    why = f" ({news.reason_code.replace('_', ' ')})" if news.reason_code else ""
    return f"{news.occurred_at:%a %H:%M}  {news.number}  {what}{why}"
