# mypy: ignore-errors
"""Tables, an administrator, a list and its articles.

The articles are written in bulk and checked afterwards: one at a time, Wagtail takes minutes.
"""

import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import F
from news.models import Article, ArticleList
from wagtail.models import Locale, Page, Revision, Site

BODY = "<p>A short text.</p>"


def administrator() -> Any:
    """Who may do everything, which spares Wagtail the questions of permissions."""
    name, password = os.environ["EXPLORER_USER"], os.environ["EXPLORER_PASSWORD"]
    return get_user_model().objects.create_superuser(name, "editor@news.example", password)


def article_list(owner: Any) -> ArticleList:
    """A published list below the home page that Wagtail's migrations make."""
    home = Site.objects.get(is_default_site=True).root_page
    made = home.add_child(instance=ArticleList(title="All articles", slug="all", owner=owner))
    made.save_revision(user=owner).publish()
    return made


def articles(parent: ArticleList, count: int, owner: Any) -> None:
    """So many published articles below `parent`, each with its revision."""
    kind = ContentType.objects.get_for_model(Article)
    locale = Locale.get_default()
    began = datetime(2016, 1, 1, 6, tzinfo=UTC)
    pages = []
    for number in range(1, count + 1):
        slug, moment = f"article-{number}", began + timedelta(hours=8 * number)
        title = f"{os.environ['EXPLORER_TITLE']} {number}"
        pages.append(
            Page(
                path=Page._get_path(parent.path, parent.depth + 1, number),
                depth=parent.depth + 1,
                content_type=kind,
                locale=locale,
                owner=owner,
                title=title,
                draft_title=title,
                slug=slug,
                url_path=f"{parent.url_path}{slug}/",
                live=True,
                first_published_at=moment,
                last_published_at=moment,
                latest_revision_created_at=moment,
            )
        )
    Page.objects.bulk_create(pages, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Article._meta.db_table} (page_ptr_id, body) "
            "SELECT id, %s FROM wagtailcore_page WHERE content_type_id = %s",
            [BODY, kind.id],
        )
    Page.objects.filter(pk=parent.pk).update(numchild=F("numchild") + count)


def revisions(owner: Any) -> None:
    """The revision of each article, which is the one that is live."""
    base = ContentType.objects.get_for_model(Page)
    found = []
    for page in Article.objects.all():
        content = json.loads(json.dumps(page.serializable_data(), cls=DjangoJSONEncoder))
        found.append(
            Revision(
                content_type_id=page.content_type_id,
                base_content_type=base,
                object_id=str(page.pk),
                object_str=page.title,
                user=owner,
                created_at=page.latest_revision_created_at,
                content=content,
            )
        )
    Revision.objects.bulk_create(found, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE wagtailcore_page AS page "
            "SET latest_revision_id = made.id, live_revision_id = made.id "
            "FROM wagtailcore_revision made "
            "WHERE made.object_id = CAST(page.id AS TEXT) AND page.content_type_id = %s",
            [found[0].content_type_id],
        )


def check(parent: ArticleList, count: int) -> None:
    """The tree is whole and Wagtail sees every article, or the figures mean nothing."""
    assert not any(Page.find_problems()), Page.find_problems()
    seen = Article.objects.child_of(ArticleList.objects.get(pk=parent.pk)).live()
    assert seen.filter(latest_revision__isnull=False).count() == count
    last = seen.last()
    assert last.get_latest_revision_as_object().body == last.body == BODY
    assert not last.has_unpublished_changes
    assert last.get_url() is not None


def main() -> None:
    """Make everything; prints the list's id."""
    call_command("makemigrations", "news", verbosity=0)
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        owner = administrator()
        parent = article_list(owner)
        count = int(os.environ["EXPLORER_PAGES"])
        articles(parent, count, owner)
        revisions(owner)
    check(parent, count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    print(parent.pk)
