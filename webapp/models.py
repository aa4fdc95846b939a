"""All tables, imported once: for migrations and for SQLAlchemy's own bookkeeping."""

from webapp.accounts import models as accounts
from webapp.approving import models as approving
from webapp.calendar import models as calendar
from webapp.core import figures, notices, schema
from webapp.core.db import Base
from webapp.editor import models as editor
from webapp.integrations import models as integrations
from webapp.publisher.records import models as publisher
from webapp.writer import models as writer
from webapp.writing import models as writing

__all__ = [
    "Base",
    "accounts",
    "approving",
    "calendar",
    "editor",
    "figures",
    "integrations",
    "notices",
    "publisher",
    "schema",
    "writer",
    "writing",
]
