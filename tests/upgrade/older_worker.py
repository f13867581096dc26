"""`python older_worker.py SERVICE EVENT…`: a service's worker as of a version before these events were brought."""

import asyncio
import sys

from common.consumer import run_workers
from common.events.asyncapi import load_contracts
from common.events.contract import _registry
from huzhu.service_contexts import worker_of

worker = worker_of(sys.argv[1])
load_contracts()
for wire in sys.argv[2:]:
    del _registry[wire]
worker.subscriptions = tuple(s for s in worker.subscriptions if s.event.wire in _registry)
asyncio.run(run_workers([worker]))
