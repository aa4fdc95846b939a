# mypy: ignore-errors
"""A list and its articles."""

from wagtail.fields import RichTextField
from wagtail.models import Page


class ArticleList(Page):
    """The parent of all articles."""

    subpage_types = ["news.Article"]


class Article(Page):
    """A page with a text."""

    body = RichTextField()
    parent_page_types = ["news.ArticleList"]
    subpage_types = []
