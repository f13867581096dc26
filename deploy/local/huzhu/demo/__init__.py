"""The main job, end to end, through the public HTTP API of a running platform."""

from .run import run_demo

__all__ = ["run_demo"]
