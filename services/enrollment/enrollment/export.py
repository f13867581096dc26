"""What enrollment gives a person who asks what is held of them."""

from common.export import ExportedTable, export_subscription

from .consents.models import OverAgeConsent
from .copies.models import PersonCopy
from .dues.models import DuesBill, DuesPeriod
from .imports.models import StagedRow
from .individual.models import Application, ApplicationStep
from .online_payments.models import OnlinePayment
from .people.models import OrderPerson
from .policies.models import Policy
from .receipts.models import Receipt
from .refunds.models import RefundOwed
from .renewals.models import RenewalEntry
from .sealed import SEALED
from .terminations.models import BenefitPaid

TABLES = (
    ExportedTable(PersonCopy, "id"),
    ExportedTable(OrderPerson),
    ExportedTable(StagedRow),
    ExportedTable(Policy),
    ExportedTable(Application),
    ExportedTable(ApplicationStep, "application_id", via=Application),
    ExportedTable(OverAgeConsent),
    ExportedTable(DuesBill),
    ExportedTable(DuesPeriod),
    ExportedTable(OnlinePayment, hidden=("handle",)),
    ExportedTable(Receipt),
    ExportedTable(RefundOwed),
    ExportedTable(RenewalEntry),
    ExportedTable(BenefitPaid),
)
SUBSCRIPTION = export_subscription("enrollment", TABLES, SEALED)
