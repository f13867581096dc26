"""Tests of the embedded platform: every part really started, killed and started again."""
