"""All routers of identity."""

from common.tasks.router import task_router

from .accounts.endpoints import own as own_account
from .accounts.endpoints import router as accounts
from .auditing.endpoints import router as auditing
from .binding.endpoints import router as binding
from .codes.endpoints import router as codes
from .demo.endpoints import router as demo
from .keys.endpoints import router as keys
from .members.admission.endpoints import router as admission
from .members.bulk.endpoints import router as bulk
from .members.covers.endpoints import router as covers
from .members.endpoints import router as members
from .members.requests.endpoints import router as member_requests
from .onfile.endpoints import router as onfile
from .organisation.endpoints import router as organisation
from .platform.endpoints import router as platform
from .ports.endpoints import router as sandbox
from .privacy.endpoints import router as privacy
from .snapshots.endpoints import router as snapshots
from .sso.endpoints import router as sso
from .sso.sandbox.endpoints import router as sandbox_portal
from .staff.device_endpoints import router as devices
from .staff.endpoints import router as staff
from .tasks import TASKS
from .tenants.endpoints import router as tenants
from .units.endpoints import router as units
from .units.names.endpoints import router as names

ROUTERS = (
    task_router(TASKS), keys, platform, tenants, codes, accounts, organisation, units, names, staff, devices, sso,
    binding, own_account, onfile, bulk, admission, member_requests, covers, privacy, members, snapshots, auditing,
    sandbox, sandbox_portal, demo,
)  # fmt: skip
