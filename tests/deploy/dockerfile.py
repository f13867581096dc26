"""Reads a Dockerfile: stages and their steps, with ARG and ENV put in. What it does not know is an error."""

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

KNOWN = {"ARG", "FROM", "ENV", "LABEL", "COPY", "RUN", "WORKDIR", "USER", "EXPOSE", "ENTRYPOINT", "CMD"}
FLAG = re.compile(r"^--([a-z]+)=(\S+)\s+")


@dataclass(frozen=True)
class Step:
    """One instruction: its name, its flags (--from, --mount), its text with variables put in where Docker does."""

    name: str
    flags: tuple[tuple[str, str], ...]
    text: str

    def flag(self, name: str) -> str | None:
        return next((value for key, value in self.flags if key == name), None)


@dataclass
class Stage:
    """One FROM with what follows."""

    image: str
    name: str
    steps: list[Step] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    user: str = "0:0"
    entry: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    """What runs unless something else is asked for: the entry included."""


def read(path: Path, arguments: dict[str, str]) -> list[Stage]:
    """Return the stages of a Dockerfile as a build with these arguments sees them."""
    stages: list[Stage] = []
    defaults: dict[str, str] = {}
    known: dict[str, str] = {}
    entry: list[str] = []
    for line in _lines(path.read_text()):
        name, _, rest = line.partition(" ")
        if name not in KNOWN:
            raise ValueError(f"{path.name}: {name} is not understood")
        flags, text = _flags(rest.strip())
        if name == "ARG":
            key, _, value = text.partition("=")
            target = known if stages else defaults
            target[key] = arguments.get(key, defaults.get(key, value) if stages else value)
        elif name == "FROM":
            image, _, alias = _put(text, defaults | arguments).partition(" AS ")
            stages.append(Stage(image, alias or str(len(stages))))
            known, entry = {}, []
        else:
            stage = stages[-1]
            variables = {**known, **stage.environment}
            if name == "ENV":
                for word in shlex.split(_put(text, variables)):
                    key, _, value = word.partition("=")
                    stage.environment[key] = value
            elif name == "ENTRYPOINT":
                entry = json.loads(text)
                stage.entry = stage.command = entry
            elif name == "CMD":
                stage.command = [*entry, *json.loads(text)]
            elif name == "USER":
                stage.user = text
            elif name in {"COPY", "WORKDIR"}:
                stage.steps.append(Step(name, flags, _put(text, variables)))
                stage.workdir = _put(text, variables) if name == "WORKDIR" else stage.workdir
            elif name == "RUN":
                exported = "".join(f"export {key}={_quoted(value)}; " for key, value in variables.items())
                stage.steps.append(Step(name, flags, exported + text))
    return stages


def _quoted(value: str) -> str:
    return f'"{value}"' if "$PATH" in value else shlex.quote(value)


def _lines(text: str) -> list[str]:
    joined = re.sub(r"\\\n", " ", "\n".join(line for line in text.splitlines() if not line.startswith("#")))
    return [re.sub(r"\s{2,}", " ", line).strip() for line in joined.splitlines() if line.strip()]


def _flags(text: str) -> tuple[tuple[tuple[str, str], ...], str]:
    found = []
    while match := FLAG.match(text):
        found.append((match[1], match[2]))
        text = text[match.end() :]
    return tuple(found), text


def _put(text: str, variables: dict[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        return variables.get(name, "$PATH" if name == "PATH" else "")

    return re.sub(r"\$\{(\w+)\}|\$(\w+)", value, text)
