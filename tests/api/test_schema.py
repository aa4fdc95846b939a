"""The API's description: complete, honest, and nothing that it allows breaks the server."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.python import asgi
from schemathesis.specs.openapi import checks as openapi

from tests.api.conftest import Api, MakeApi, token_of
from tests.support.desk import Desk
from tests.support.samples import some
from webapp.accounts.models import Site
from webapp.accounts.route_table import ROUTES, Door
from webapp.api.schema import PROBLEMS
from webapp.app import create_app
from webapp.integrations import connections
from webapp.publisher.planning import decisions
from webapp.writing.models import Thread

CHECKED = (
    checks.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_schema_conformance,
)

# Messages of a website, with its connection's key.
# As many as are asked for by the walk.
BINNED = 40
# Nobody guesses what these are for.
NEEDS_A_SECRET = {"POST /api/v1/auth/login/", "POST /api/v1/auth/refresh/"}
OF_WEBSITES = {
    re.sub(r":\w+}", "}", route) + "/" for route, rule in ROUTES.items() if rule is Door.CONNECTED
}


@pytest.fixture
def document(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = api.get("/api/schema/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_route_is_described(document: dict[str, Any]) -> None:
    described = {f"{method} {path.rstrip('/')}" for method, path, _ in operations(document)}
    routed = {re.sub(r":\w+}", "}", route) for route in ROUTES if " /api/v1" in route}
    assert described == routed


def test_every_operation_has_a_name_a_sentence_and_known_answers(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    for _, path, operation in operations(document):
        assert operation["summary"].endswith("."), path
        assert operation["description"], path
        for status in operation["responses"]:
            assert int(status) < 300 or int(status) in PROBLEMS, (path, status)


def test_every_shape_that_is_named_is_there(document: dict[str, Any]) -> None:
    named = set(re.findall(r"#/components/(\w+/\w+)", str(document)))
    there = {
        f"{kind}/{name}"
        for kind in ("schemas", "responses")
        for name in document["components"][kind]
    }
    assert named <= there


def test_the_page_needs_no_network_and_no_script(api_of: MakeApi) -> None:
    answer = api_of().get("/api/schema/")
    assert answer.status_code == 200
    assert "<script" not in answer.text
    addresses = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert addresses
    assert all(one.startswith(("/", "#")) for one in addresses)


@pytest.fixture
def lifespans() -> Iterator[None]:
    """What Schemathesis has started ends with the test."""
    yield
    asgi.shutdown_lifespans()


@pytest.mark.both_databases
@pytest.mark.heavy
def test_nothing_that_the_description_allows_breaks_the_server(
    desk: Desk, lifespans: None, database_url: str
) -> None:
    """Every operation, with generated input; ids that exist are among it. Every second one on
    SQLite, the others on PostgreSQL; which, changes with each route that is new."""
    with desk.system.db.write() as db:
        db.get_one(Site, desk.site.id).is_public = True
    desk.connect()
    slug = desk.content(desk.published()).slug
    desk.publish(desk.approved())
    desk.deploy()
    for content_id in (1, 2, desk.write()):
        desk.add_image(content_id, image_type="featured", url="https://images.example/one.jpg")
    with desk.system.db.write() as db:
        for content_id in (1, 2, 3):
            said = {"user_id": desk.owner.user_id, "content_id": content_id}
            db.add(Thread(account_id=desk.owner.account_id, **said, status="open", shared=True))
    for _ in range(BINNED):
        with desk.changing(desk.write()) as (db, content):
            decisions.delete(db, desk.system, content, by=desk.owner)
    with desk.system.db.write() as db:
        _, key = connections.connect(
            db, desk.system, desk.site, "wordpress", base_url="http://127.0.0.1:9"
        )
    token = token_of(desk, desk.owner)
    app = create_app(system=desk.system)
    config = SchemathesisConfig.from_dict({})
    host = {"Host": urlsplit(desk.system.config.public_url).netloc}
    schema = schemathesis.openapi.from_asgi(
        "/api/schema/openapi.json", app, config=config, headers=host
    )
    known = {"site_slug": "gazette", "slug": slug}
    reached: dict[str, set[int]] = {}
    binned = itertools.count()
    asked = some(schema.get_all_operations(), database_url.startswith("sqlite"), of=2)
    for result in asked:
        assert isinstance(result, Ok), result
        operation = result.ok()
        statuses = reached.setdefault(operation.label, set())
        bearer = key if operation.label in OF_WEBSITES else token
        headers = host | {"Authorization": f"Bearer {bearer}"}
        _try_out(operation, known, headers, statuses, binned)
    described = len([route for route in ROUTES if " /api/v1" in route])
    assert len(reached) == len(some(range(described), database_url.startswith("sqlite"), of=2))
    for label, statuses in reached.items():
        if label in NEEDS_A_SECRET:
            assert 401 in statuses
            continue
        assert statuses - {401, 403, 404, 405}, f"{label}: {statuses}"


def _try_out(
    operation: Any,
    known: dict[str, str],
    headers: dict[str, str],
    statuses: set[int],
    binned: Iterator[int],
) -> None:
    """A dozen generated calls of one operation, each answer held against the description."""
    turn = itertools.count()

    @given(case=operation.as_strategy())
    @settings(
        max_examples=12,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def run(case: Any) -> None:
        number = 1 + next(turn) % 3
        for name, value in (case.path_parameters or {}).items():
            case.path_parameters[name] = number if isinstance(value, int) else known[name]
            if name == "binned_id":  # the first three are not in the bin, and each leaves it once
                case.path_parameters[name] = 4 + next(binned) % BINNED
        answer = case.call(headers=headers)
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=list(CHECKED))

    run()
