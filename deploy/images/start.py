"""The entry of a service's image: `start.py COMMAND` runs that command of the service whose image it is."""

import os
import runpy

runpy.run_module(os.environ["HUZHU_SERVICE"], run_name="__main__", alter_sys=True)
