"""The pages of the editor: writing, beginning, what lies beside, and who is here."""

from __future__ import annotations

from webapp.editor.pages import beginning, handing, linking, pictures, presence, writing

ROUTES = [
    *writing.ROUTES,
    *beginning.ROUTES,
    *handing.ROUTES,
    *presence.ROUTES,
    *pictures.ROUTES,
    *linking.ROUTES,
]
