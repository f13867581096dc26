"""Where the command line finds a union's pack: one that ships by its code, any other by its file."""

from pathlib import Path

TENANTS = Path(__file__).resolve().parents[4] / "tenants"


class PackUnknown(Exception):
    """There is no such pack; the message says which there are and how another is named."""


def find_pack(union: str) -> Path:
    """Return the file of a union's pack, named by the code of one that ships or by the file itself; PackUnknown."""
    if Path(union).suffix in {".yaml", ".yml"}:
        if Path(union).is_file():
            return Path(union)
        raise PackUnknown(f"没有配置包文件“{union}”，请核对路径。There is no such file.")
    known = sorted(path.stem for path in TENANTS.glob("*.yaml"))
    if union in known:
        return TENANTS / f"{union}.yaml"
    raise PackUnknown(
        f"没有租户“{union}”。可用的租户：{'、'.join(known) or '无'}；"
        "自己写的工会请给出配置包文件，例如 --tenant 我的工会.yaml。"
    )
