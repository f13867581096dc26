"""One thing that is wrong with a number or a name: a stable code, what is wrong, what to do."""

from dataclasses import dataclass

from ..text import Text


@dataclass(frozen=True, slots=True)
class Fault:
    """`code` is stable (scripts rely on it); `message` says what is wrong, `advice` what to do next."""

    code: str
    message: Text
    advice: Text

    @property
    def sentence(self) -> Text:
        """Both sentences together, in each language."""
        return Text(self.message.zh + self.advice.zh, f"{self.message.en} {self.advice.en}")
