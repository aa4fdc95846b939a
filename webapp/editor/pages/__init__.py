"""The pages of the editor: writing, beginning, what lies beside, and who is here."""

from __future__ import annotations

from webapp.editor.pages import beginning, handing, linking, pictures, plain, presence, writing

ROUTES = [
    *writing.ROUTES,
    *plain.ROUTES,
    *beginning.ROUTES,
    *handing.ROUTES,
    *presence.ROUTES,
    *pictures.ROUTES,
    *linking.ROUTES,
]
