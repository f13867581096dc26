"""Pure rules of a pack's campaigns: where its branches stand in the tree."""

from collections.abc import Iterable, Iterator, Mapping


def paths_of(codes: Iterable[str], parents: Mapping[str, str | None]) -> Iterator[str]:
    """Yield the path of each branch, from the top of the tree down to it: "/district/office/"."""
    for code in codes:
        steps: list[str] = []
        at: str | None = code
        while at is not None and at not in steps:
            steps.insert(0, at)
            at = parents.get(at)
        yield f"/{'/'.join(steps)}/"
