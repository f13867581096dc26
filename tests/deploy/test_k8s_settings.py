"""Every setting that a service reads is given, and nothing else; what is given is accepted."""

import pytest

from common.bus.kafka_access import kafka_access
from huzhu.home import SERVICES

from .manifests import Manifests, filled
from .settings import (
    is_secret,
    literal_variables,
    process_variables,
    settings_class,
    stores_objects,
    variables,
)

pytestmark = pytest.mark.deploy


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_that_a_service_reads_is_given_and_nothing_else(
    service: str, manifests: Manifests
) -> None:
    settings = settings_class(service)
    wanted = variables(settings)
    processes = manifests.processes(service)
    assert {"api", "worker", "migrate"} <= set(processes)
    owner = f"{service.upper()}_OWNER_DATABASE_URL"
    shared = {
        name for other in SERVICES for name in variables(settings_class(other)) if name.startswith("HUZHU_")
    }
    known = {
        *wanted,
        *shared,
        *process_variables(),
        *literal_variables("libs/common/common", f"services/{service}/{service}"),
    }
    for part, workload in processes.items():
        shown, hidden = manifests.environment(workload)
        given = {**shown, **hidden}
        needed = {name for name, info in wanted.items() if info.is_required()}
        needed |= {
            "HUZHU_BUS",
            "HUZHU_KAFKA_SERVERS",
            "HUZHU_KAFKA_SECURITY",
            f"{service.upper()}_KAFKA_USER",
        }
        needed |= {name for name in wanted if name == "HUZHU_PUBLIC_URL"}
        if stores_objects(service):
            needed |= {"HUZHU_S3_ENDPOINT", "HUZHU_S3_ACCESS_KEY", "HUZHU_S3_SECRET_KEY"}
        assert needed <= set(given), f"{service}-{part} lacks {needed - set(given)}"
        ours = {name for name in given if name.startswith(("HUZHU_", f"{service.upper()}_"))}
        assert ours - known - {owner} == set(), f"{service}-{part}: nobody reads {ours - known}"
        foreign = {
            name
            for name in given
            for other in SERVICES
            if other != service and name.startswith(f"{other.upper()}_")
        }
        assert foreign == set(), f"{service}-{part} knows what is another's"
        assert [name for name in shown if name in wanted and is_secret(wanted[name])] == []
        assert (owner in given) == (part == "migrate"), (
            f"{service}-{part}: only the migration may own the schema"
        )


@pytest.mark.parametrize("service", SERVICES)
def test_the_settings_are_accepted(
    service: str, manifests: Manifests, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_class(service)
    for name in variables(settings):
        monkeypatch.delenv(name, raising=False)
    shown, hidden = manifests.environment(manifests.processes(service)["worker"])
    for name, value in {**shown, **{name: filled(text) for name, text in hidden.items()}}.items():
        monkeypatch.setenv(name, value)
    made = settings()  # type: ignore[call-arg]
    assert made.unmet() == [], "what it chooses has its keys"
    assert made.bus == "kafka" and made.kafka_user == service
    with pytest.raises(OSError):  # the authority's file lies in the pod; everything before it is right
        kafka_access(
            made.kafka_security,
            ca_file=made.kafka_ca_file,
            user=made.kafka_user,
            password=made.kafka_password.get_secret_value(),
        )
