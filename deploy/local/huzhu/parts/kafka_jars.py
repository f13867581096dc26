"""Apache Kafka's jars from Maven Central, fetched once into a cache folder."""

import asyncio
import os
import shutil
import tempfile
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

from huzhu.parts.part import PartFailed

KAFKA_VERSION = "4.2.0"
LOG4J_VERSION = "2.25.2"
_DEPENDENCY_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>kafka-jars</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{KAFKA_VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId>
      <version>{LOG4J_VERSION}</version>
    </dependency>
  </dependencies>
</project>
"""


def cache_folder() -> Path:
    """Where downloads are kept: HUZHU_CACHE, else build/."""
    return Path(os.environ.get("HUZHU_CACHE") or "build").absolute()


async def kafka_jars() -> Path:
    """The folder with the jars; fetched by Maven when missing (about 60 MB). Raises PartFailed."""
    wanted = cache_folder() / f"kafka-{KAFKA_VERSION}"
    if wanted.exists():
        return wanted
    wanted.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".kafka-", dir=wanted.parent))
    try:
        await _fetch(work)
        try:
            (work / "lib").rename(wanted)
        except OSError:
            if not wanted.exists():  # another run has put it there first
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return wanted


async def _fetch(work: Path) -> None:
    (work / "pom.xml").write_text(_POM)
    maven = shutil.which("mvn") or "mvn"
    process = await asyncio.create_subprocess_exec(
        *(maven, "-q", "-B", f"{_DEPENDENCY_PLUGIN}:copy-dependencies"),
        *("-DincludeScope=runtime", f"-DoutputDirectory={work / 'lib'}"),
        cwd=work,
        stdout=PIPE,
        stderr=STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise PartFailed(
            f"Maven could not fetch Apache Kafka {KAFKA_VERSION}:\n{output.decode(errors='replace')}"
        )
