"""A mail server in memory, and a model that writes what a test says."""

from collections.abc import Sequence

from contracts.messages import Mail, MailBounced
from contracts.partners import PartnerUnavailable
from contracts.words import Brief, Copy
from contracts.writers import ModelPrices, Rejected, Usage, WriterFailed, Written
from decisions.composer import compose


class MemoryMail:
    """Takes everything, unless it is told how often to be away, or who does not exist."""

    def __init__(self) -> None:
        self.taken: list[Mail] = []
        self.away = 0
        self.unknown: set[str] = set()

    async def send(self, mail: Mail) -> None:
        if self.away:
            self.away -= 1
            raise PartnerUnavailable("mail")
        if mail.to in self.unknown:
            raise MailBounced(550)
        self.taken.append(mail)


class ScriptedModel:
    """Plays its script once; then it writes as the composer would. A copy is written, an error is raised."""

    def __init__(self, *script: Copy | WriterFailed) -> None:
        self._script = list(script)
        self.asked: list[Rejected | None] = []
        self.usage = Usage(input_tokens=1_000, output_tokens=200)

    async def write(self, brief: Brief, rejected: Rejected | None) -> Written:
        self.asked.append(rejected)
        if not self._script:
            return Written(compose(brief, seed=len(self.asked)), self.usage)
        said = self._script.pop(0)
        if isinstance(said, WriterFailed):
            raise said
        return Written(said, self.usage)

    def worst_case_micros(self, brief: Brief, rejected: Rejected | None, prices: ModelPrices) -> int:
        del brief, rejected
        return prices.output_micros // 100


def sentences_of(mails: Sequence[Mail]) -> str:
    return "\n".join(paragraph for mail in mails for paragraph in mail.paragraphs)
