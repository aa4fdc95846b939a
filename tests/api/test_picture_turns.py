"""Pictures that wait to be looked at keep no page waiting."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from tests.api.conftest import Api
from tests.support.desk import Desk
from tests.support.pictures import PNG
from tests.support.processes import wait_until
from webapp.writer import pictures

OF_ONE = 12
TOO_MANY = 3
PATIENCE = 30.0


def test_pages_are_served_while_pictures_wait(api: Api, desk: Desk) -> None:
    content_id = desk.write()
    path = f"/api/v1/writer/content/{content_id}/images/?image_type=gallery&filename=a.png"

    def send(_: int) -> Any:
        return api.post(path, content=PNG, headers={"Content-Type": "image/png"})

    with ThreadPoolExecutor(OF_ONE + TOO_MANY) as senders:
        with pictures._ONE_AT_A_TIME:  # somebody's picture takes its time
            sent = [senders.submit(send, n) for n in range(OF_ONE + TOO_MANY)]
            wait_until(lambda: sum(map(Future.done, sent)) >= TOO_MANY, "refusals", PATIENCE)
            refused = [one.result() for one in sent if one.done()]
            page = pages(api)
        answers = [one.result(PATIENCE) for one in sent]
    assert page == [200] * 8
    assert [one.status_code for one in refused] == [429] * TOO_MANY
    assert all(int(one.headers["Retry-After"]) > 0 for one in refused)
    assert "sending pictures" in refused[0].json()["error"]["message"]
    kept = sorted(one.status_code for one in answers)
    assert kept == [201] * OF_ONE + [429] * TOO_MANY


def pages(api: Api) -> list[int]:
    with ThreadPoolExecutor(8) as readers:
        asked = [readers.submit(api.get, "/sign-in") for _ in range(8)]
        done, _ = wait(asked, PATIENCE)
        return [one.result().status_code for one in done]
