"""Roles as data: named sets of permissions with the part of the tree they reach."""

from typing import Annotated, Literal

from pydantic import Field

from .base import Code, LocalText, Part

PERMISSIONS: frozenset[str] = frozenset(
    {
        "identity.unit.register_review",
        "identity.unit.read",
        "identity.unit.edit",
        "identity.staff.manage",
        "identity.member.read",
        "identity.member.reveal",
        "identity.member.write",
        "identity.binding.confirm",
        "identity.portal.manage",
        "identity.tenant.manage",
        "identity.organisation.manage",
        "identity.names.link",
        "identity.privacy.manage",
        "enrollment.order.write",
        "enrollment.order.read",
        "enrollment.order.review",
        "enrollment.roster.accept",
        "enrollment.cover.carry",
        "enrollment.payment.report",
        "enrollment.payment.confirm",
        "enrollment.application.write",
        "enrollment.application.read",
        "enrollment.dues.pay",
        "enrollment.receipt.issue",
        "enrollment.statistics.read",
        "enrollment.policy.read",
        "enrollment.export",
        "claims.claim.submit",
        "claims.claim.read_own",
        "claims.claim.read",
        "claims.claim.check",
        "claims.claim.review",
        "claims.claim.report_review",
        "claims.claim.approve",
        "claims.claim.counter",
        "claims.claim.assign",
        "claims.claim.sample",
        "claims.feed.import",
        "claims.payout.prepare",
        "claims.payout.release",
        "claims.payout.import_result",
        "claims.ledger.read",
        "claims.ledger.reconcile",
        "claims.ledger.post",
        "claims.ledger.approve",
        "claims.statistics.read",
        "claims.statistics.export",
        "claims.reporting.manage",
        "notify.message.read_own",
        "notify.message.read",
        "notify.template.manage",
        "notify.content.manage",
        "notify.webhook.manage",
        "notify.bulk.propose",
        "notify.bulk.approve",
        "ocr.document.upload",
        "ocr.document.read",
        "ocr.document.correct",
        "activities.campaign.manage",
        "activities.campaign.join",
        "activities.code.collect",
        "audit.read",
        "tasks.read",
        "events.replay",
    }
)
"""Every permission that a service asks for; a role can hold no other."""


class Role(Part):
    """A role. `scope`: the whole tenant, the holder's branch and below (subtree), the holder's unit, or only
    what is the holder's own (a member)."""

    code: Code
    title: LocalText
    scope: Literal["tenant", "subtree", "unit", "own"]
    permissions: Annotated[tuple[str, ...], Field(min_length=1)]
