"""Pictures that are dropped, pasted or chosen: at their place while they are sent, in the text once
the desk has them."""

from __future__ import annotations

import base64
from typing import Any

from tests.editor.text.nasty import block
from tests.editor.text.surface import Surface
from tests.support.pictures import PNG

ONE, TWO = block("One &amp; one"), block("Two")
# Files as they come from elsewhere: dropped at an element, or pasted, beside what else is said.
BRING = """([names, where, data, html]) => {
  const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
  const transfer = new DataTransfer();
  for (const name of names) transfer.items.add(new File([bytes], name, { type: "image/png" }));
  if (html) transfer.setData("text/html", html);
  const how = { bubbles: true, cancelable: true };
  if (!where) {
    text.view.dom.dispatchEvent(new ClipboardEvent("paste", { ...how, clipboardData: transfer }));
    return;
  }
  const lines = [...document.querySelectorAll("#place p")];
  const found = lines.find((one) => one.textContent.includes(where));
  const { left, top, height } = found.getBoundingClientRect();
  const at = { clientX: left + 5, clientY: top + height / 2 };
  text.view.dom.dispatchEvent(new DragEvent("drop", { ...how, ...at, dataTransfer: transfer }));
}"""


def bring(surface: Surface, *names: str, where: str = "", html: str = "") -> None:
    data = base64.b64encode(PNG).decode()
    surface.page.evaluate(BRING, [names, where, data, html])


def settle(surface: Surface, nth: int, address: str = "", problem: Any = None) -> None:
    """The desk's answer to the nth file that it was sent."""
    script = """([nth, address, problem]) =>
      problem ? told.sent[nth].fail(Object.assign(new Error(problem[0]), { isGone: problem[1] }))
              : told.sent[nth].done(address)"""
    surface.page.evaluate(script, [nth, address, problem])


def figure(ref: str, alt: str = "", more: str = "") -> str:
    image = f'<img src="igny8:{ref}" alt="{alt}"/>'
    inner = f'<figure class="wp-block-image">{image}{more}</figure>'
    return f"<!-- wp:image -->\n{inner}\n<!-- /wp:image -->"


def test_dropped_pictures_come_in_one_after_the_other_where_they_were_dropped(
    surface: Surface,
) -> None:
    surface.open(f"{ONE}\n\n{TWO}")
    surface.select("Two", "behind")
    bring(surface, "a.png", "b.png", where="One")
    uploads = surface.page.locator("#place .text-upload")
    assert uploads.count() == 2
    assert surface.source == f"{ONE}\n\n{TWO}"
    surface.type(" more")
    surface.select("one", "behind")
    surface.press("Enter")
    surface.type("Between")
    written = [ONE, figure("1"), figure("2"), block("Between"), block("Two more")]
    settle(surface, 0, "igny8:1")
    uploads.nth(1).wait_for(state="detached")
    assert surface.page.evaluate("() => told.sent.map(({ name }) => name)") == ["a.png", "b.png"]
    settle(surface, 1, "igny8:2")
    uploads.first.wait_for(state="detached")
    assert surface.source == "\n\n".join(written)
    assert surface.caret == "Between|"
    surface.press("Control+z")
    assert surface.source == "\n\n".join(written[:2] + written[3:])
    surface.press("Control+y")
    assert surface.source == "\n\n".join(written)


def test_a_picture_that_did_not_come_through_says_so_where_it_belongs(surface: Surface) -> None:
    surface.open(ONE)
    surface.select("One", "before")
    bring(surface, "big.png", "lost.png", "c.png")
    settle(surface, 0, problem=["It has 30 MB.", False])
    alerts = surface.page.locator(".text-upload [role=alert]")
    alerts.first.wait_for()
    settle(surface, 1, problem=["Nobody answers.", True])
    alerts.nth(1).wait_for()
    assert alerts.all_inner_texts() == ["It has 30 MB.", "Nobody answers."]
    settle(surface, 2, "igny8:3")
    surface.page.click('button[aria-label="Remove big.png"]')
    surface.page.click('button[aria-label="Send lost.png again"]')
    settle(surface, 3, "igny8:2")
    surface.page.locator(".text-upload").wait_for(state="detached")
    assert surface.source == "\n\n".join([ONE, figure("2"), figure("3")])


def test_what_is_said_of_a_picture_is_asked_for_and_kept_beside_it(surface: Surface) -> None:
    surface.open(ONE)
    surface.select("One", "before")
    bring(surface, "a.png", html='<img src="https://p.example/a.png" alt="A jug">')
    settle(surface, 0, "igny8:1")
    surface.page.locator(".text-upload").wait_for(state="detached")
    assert surface.source == f"{ONE}\n\n{figure('1', 'A jug')}"
    surface.press("Control+z")
    bring(surface, "b.png")
    settle(surface, 1, "igny8:2")
    surface.page.click('.text-image-note button:text-is("Describe it")')
    surface.page.fill("#picture-alt", "A boat")
    surface.page.fill("#picture-caption", "In the harbour & <so> on")
    surface.page.click('.picture-form button:has-text("Done")')
    said = '<figcaption class="wp-element-caption">In the harbour &amp; &lt;so&gt; on</figcaption>'
    assert surface.source == f"{ONE}\n\n{figure('2', 'A boat', said)}"
    assert surface.page.evaluate("() => told.described") == [
        ["igny8:2", {"alt": "A boat", "caption": "In the harbour & <so> on"}]
    ]
    surface.page.dblclick(".text-image img")
    surface.page.fill("#picture-caption", "In the old harbour & <so> on")
    surface.page.click('.picture-form button:has-text("Done")')
    assert said.replace("the harbour", "the old harbour") in surface.source
    surface.page.dblclick(".text-image img")
    surface.page.fill("#picture-caption", "")
    surface.page.click('.picture-form button:has-text("Done")')
    assert surface.source == f"{ONE}\n\n{figure('2', 'A boat')}"


def test_words_beside_a_file_are_pasted_as_words(surface: Surface) -> None:
    surface.open("<p>One</p>")
    surface.select("One", "behind")
    bring(surface, "cells.png", html="<p>Copied <b>words</b></p>")
    assert surface.source == "<p>OneCopied <strong>words</strong></p>"
    assert surface.page.locator(".text-upload").count() == 0


def test_a_picture_waits_while_the_source_is_shown(surface: Surface) -> None:
    surface.open("<p>One</p>")
    surface.select("One", "behind")
    bring(surface, "a.png")
    surface.page.evaluate("() => text.toggleSource()")
    settle(surface, 0, "igny8:1")
    surface.page.locator(".cm-content").press("Control+End")
    surface.type("\n<p>Two</p>")
    surface.page.evaluate("() => text.toggleSource()")
    image = '<figure><img src="igny8:1" alt=""/></figure>'
    assert surface.source == f"<p>One</p>\n{image}\n<p>Two</p>"


def test_a_picture_that_is_removed_while_it_is_sent_leaves_nothing(surface: Surface) -> None:
    """What has arrived at the desk already is taken back there, as soon as that has answered."""
    surface.open(block("One"))
    bring(surface, "a.png", "b.png", "c.png", where="One")
    uploads = surface.page.locator("#place .text-upload")
    names = surface.page.evaluate("() => told.sent.map(({ how }) => how.name)")
    surface.page.evaluate("() => told.sent[0].how.onProgress(1)")
    uploads.first.get_by_role("button", name="Remove").click()
    assert surface.page.evaluate("() => told.sent[0].how.signal.aborted") is False
    settle(surface, 0, "igny8:a")
    surface.page.wait_for_function("() => told.sent.length === 2")
    uploads.first.get_by_role("button", name="Remove").click()
    assert surface.page.evaluate("() => told.sent[1].how.signal.aborted") is True
    settle(surface, 1, problem=["Gone.", True])
    surface.page.wait_for_function("() => told.sent.length === 3")
    settle(surface, 2, problem=["Gone.", True])
    uploads.first.locator("[data-state=lost]").or_(uploads.first).wait_for()
    uploads.first.get_by_role("button", name="Remove").click()
    assert uploads.count() == 0
    assert surface.source == block("One")
    names = surface.page.evaluate("() => told.sent.map(({ how }) => how.name)")
    assert surface.page.evaluate("() => told.dropped") == [names[0], names[1], names[2]]
