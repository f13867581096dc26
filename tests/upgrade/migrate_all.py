"""`python migrate_all.py SERVICE…`: each service's own migrate command, in one process: importing takes longer."""

import sys

from common.command import COMMANDS

for service in sys.argv[1:]:
    COMMANDS["migrate"](service)
