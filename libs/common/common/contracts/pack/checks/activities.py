"""Who may join an activity names branches and products that are there; sessions lie within its days."""

from collections.abc import Iterator

from ..faults import Problem
from ..shape import View
from .references import unknown, wrong


def check_activities(view: View) -> Iterator[Problem]:
    """Yield a fault for each name that is not there and each day outside."""
    branches, products = view.codes("organisation", "branches"), view.codes("products")
    for place, campaign in view.listed("activities").items():
        if campaign.audience is not None:
            for n, code in enumerate(campaign.audience.branches):
                yield from unknown(("activities", place, "audience", "branches", n), "branch", code, branches)
            for n, code in enumerate(campaign.audience.covered_by):
                yield from unknown(
                    ("activities", place, "audience", "covered_by", n), "product", code, products
                )
        if campaign.sessions is not None:
            last = campaign.valid_until or campaign.closes_on
            for n, day in enumerate(campaign.sessions.days):
                if not campaign.opens_on <= day <= last:
                    yield wrong(
                        ("activities", place, "sessions", "days", n),
                        "outside",
                        f"{day} 不在活动期间内",
                        f"{day} is not within the activity",
                    )
