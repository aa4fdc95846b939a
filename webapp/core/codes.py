"""Every problem a publication can have: a closed list, each with what an editor should do.

The code is what programs compare, the sentence is what people read; where it speaks of what stands
on a page, programs get another one. `docs/errors.md` is written from this list.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Code(StrEnum):
    # before anything is sent
    VALIDATION_FAILED = "VALIDATION_FAILED"
    CONTENT_NOT_PUBLISHABLE = "CONTENT_NOT_PUBLISHABLE"
    CONTENT_INVALID = "CONTENT_INVALID"
    CONTENT_DELETED = "CONTENT_DELETED"
    TITLE_MISSING = "TITLE_MISSING"
    TITLE_TOO_LONG = "TITLE_TOO_LONG"
    CONTENT_EMPTY = "CONTENT_EMPTY"
    CONTENT_TOO_LARGE = "CONTENT_TOO_LARGE"
    CONTENT_TOO_COMPLEX = "CONTENT_TOO_COMPLEX"
    SLUG_INVALID = "SLUG_INVALID"
    CANONICAL_INVALID = "CANONICAL_INVALID"
    TYPE_DISABLED = "TYPE_DISABLED"
    TOO_MANY_IMAGES = "TOO_MANY_IMAGES"
    IMAGE_MISSING = "IMAGE_MISSING"
    IMAGE_UNREACHABLE = "IMAGE_UNREACHABLE"
    IMAGE_TOO_LARGE = "IMAGE_TOO_LARGE"
    IMAGE_KIND_UNSUPPORTED = "IMAGE_KIND_UNSUPPORTED"
    AUTHOR_NOT_FOUND = "AUTHOR_NOT_FOUND"
    AUTHOR_FORBIDDEN = "AUTHOR_FORBIDDEN"
    APPROVAL_NEEDED = "APPROVAL_NEEDED"
    STEPS_MISSING = "STEPS_MISSING"
    ALREADY_PUBLISHED = "ALREADY_PUBLISHED"
    NOT_PUBLISHED = "NOT_PUBLISHED"
    IN_FLIGHT = "IN_FLIGHT"
    UNCLEAR = "UNCLEAR"
    ILLEGAL_STATE = "ILLEGAL_STATE"
    VERSION_CONFLICT = "VERSION_CONFLICT"
    INTEGRATION_MISSING = "INTEGRATION_MISSING"
    CONNECTION_OFF = "CONNECTION_OFF"
    ONLINE_ELSEWHERE = "ONLINE_ELSEWHERE"
    DESTINATION_CHANGED = "DESTINATION_CHANGED"
    DELIVERY_UNSUPPORTED = "DELIVERY_UNSUPPORTED"
    STAYS_PUBLIC = "STAYS_PUBLIC"
    KEEPS_ITS_TIME = "KEEPS_ITS_TIME"
    NOTHING_TO_DEPLOY = "NOTHING_TO_DEPLOY"
    DEPLOYMENT_RUNS = "DEPLOYMENT_RUNS"
    DEPLOYMENT_CHANGED = "DEPLOYMENT_CHANGED"
    # giving it a time
    IN_THE_PAST = "IN_THE_PAST"
    MOVED_MEANWHILE = "MOVED_MEANWHILE"
    NO_TIME_LEFT = "NO_TIME_LEFT"
    NO_ROOM = "NO_ROOM"
    TIME_TAKEN = "TIME_TAKEN"
    ALREADY_UNDONE = "ALREADY_UNDONE"
    # reaching the destination
    INVALID_CREDENTIALS = "INVALID_CREDENTIALS"
    CREDENTIALS_UNREADABLE = "CREDENTIALS_UNREADABLE"
    KEY_MISSING = "KEY_MISSING"
    TOO_MANY_FAILURES = "TOO_MANY_FAILURES"
    ADDRESS_REFUSED = "ADDRESS_REFUSED"
    ADDRESS_REDIRECTS = "ADDRESS_REDIRECTS"
    REST_CLOSED = "REST_CLOSED"
    WEBSITE_LOCKED = "WEBSITE_LOCKED"
    MAINTENANCE = "MAINTENANCE"
    DESTINATION_UNREACHABLE = "DESTINATION_UNREACHABLE"
    DESTINATION_TIMEOUT = "DESTINATION_TIMEOUT"
    DESTINATION_ERROR = "DESTINATION_ERROR"
    DESTINATION_BUSY = "DESTINATION_BUSY"
    DESTINATION_REFUSED = "DESTINATION_REFUSED"
    DESTINATION_ANSWER_UNREADABLE = "DESTINATION_ANSWER_UNREADABLE"
    PLUGIN_MISSING = "PLUGIN_MISSING"
    PLUGIN_NOT_CONFIGURED = "PLUGIN_NOT_CONFIGURED"
    PROTOCOL_UNSUPPORTED = "PROTOCOL_UNSUPPORTED"
    CLOCK_SKEW = "CLOCK_SKEW"
    INSTALLATION_COPIED = "INSTALLATION_COPIED"
    WEBSITE_COPIED = "WEBSITE_COPIED"
    IN_PROGRESS = "IN_PROGRESS"
    STALE_ATTEMPT = "STALE_ATTEMPT"
    NEWER_THERE = "NEWER_THERE"
    EDITED_THERE = "EDITED_THERE"
    STILL_THERE = "STILL_THERE"
    NOT_SEEN = "NOT_SEEN"
    # images, terms, post, SEO at the destination
    FEATURED_IMAGE_DOWNLOAD_FAILED = "FEATURED_IMAGE_DOWNLOAD_FAILED"
    GALLERY_IMAGE_DOWNLOAD_FAILED = "GALLERY_IMAGE_DOWNLOAD_FAILED"
    INLINE_IMAGE_DOWNLOAD_FAILED = "INLINE_IMAGE_DOWNLOAD_FAILED"
    IMAGE_REFUSED = "IMAGE_REFUSED"
    MEDIA_NOT_STAGED = "MEDIA_NOT_STAGED"
    UPLOAD_NOT_WRITABLE = "UPLOAD_NOT_WRITABLE"
    STAGING_FULL = "STAGING_FULL"
    TAXONOMY_MISSING = "TAXONOMY_MISSING"
    TERM_CREATION_FAILED = "TERM_CREATION_FAILED"
    POST_CREATION_FAILED = "POST_CREATION_FAILED"
    POST_UPDATE_FAILED = "POST_UPDATE_FAILED"
    DATABASE_ERROR = "DATABASE_ERROR"
    SEO_WRITE_FAILED = "SEO_WRITE_FAILED"
    POST_PUBLISH_FAILED = "POST_PUBLISH_FAILED"
    RETRACT_FAILED = "RETRACT_FAILED"
    NOT_FOUND = "NOT_FOUND"
    # findings of the verification
    PERMALINK_NOT_OK = "PERMALINK_NOT_OK"
    FEATURED_IMAGE_NOT_OK = "FEATURED_IMAGE_NOT_OK"
    TERMS_NOT_ASSIGNED = "TERMS_NOT_ASSIGNED"
    PAGE_CACHED = "PAGE_CACHED"
    TITLE_NOT_VISIBLE = "TITLE_NOT_VISIBLE"
    META_TITLE_NOT_VISIBLE = "META_TITLE_NOT_VISIBLE"
    TEXT_NOT_VISIBLE = "TEXT_NOT_VISIBLE"
    DESCRIPTION_NOT_VISIBLE = "DESCRIPTION_NOT_VISIBLE"
    CANONICAL_DIFFERENT = "CANONICAL_DIFFERENT"
    CANONICAL_ELSEWHERE = "CANONICAL_ELSEWHERE"
    DELIVERED_OTHERWISE = "DELIVERED_OTHERWISE"
    DELIVERED_VISIBLE = "DELIVERED_VISIBLE"
    SITE_NOT_LISTED = "SITE_NOT_LISTED"
    SITE_HIDDEN = "SITE_HIDDEN"
    ROBOTS_FORBID_ALL = "ROBOTS_FORBID_ALL"
    ROBOTS_FORBID = "ROBOTS_FORBID"
    SITEMAP_MISSING = "SITEMAP_MISSING"
    NOT_IN_SITEMAP = "NOT_IN_SITEMAP"
    HEADING_MISSING = "HEADING_MISSING"
    HEADINGS_SEVERAL = "HEADINGS_SEVERAL"
    OG_IMAGE_MISSING = "OG_IMAGE_MISSING"
    NOINDEX_TAG = "NOINDEX_TAG"
    NOINDEX_HEADER = "NOINDEX_HEADER"
    DATE_DIFFERENT = "DATE_DIFFERENT"
    DUPLICATE_POSTS = "DUPLICATE_POSTS"
    VERIFICATION_UNAVAILABLE = "VERIFICATION_UNAVAILABLE"
    # our own machinery
    WORKER_GONE = "WORKER_GONE"
    CANCELLED = "CANCELLED"
    DATABASE_AWAY = "DATABASE_AWAY"
    INTERNAL_ERROR = "INTERNAL_ERROR"


SENTENCES: dict[Code, str] = {
    Code.VALIDATION_FAILED: "Some things must be put right before this can go out. They are listed below.",
    Code.CONTENT_NOT_PUBLISHABLE: "This piece is not in a state that can be published. Submit it for review first.",
    Code.CONTENT_INVALID: "The website did not accept the piece as it was sent. The details name the field.",
    Code.CONTENT_DELETED: "This piece was deleted here. Restore it before publishing it.",
    Code.TITLE_MISSING: "The piece has no title. Give it one.",
    Code.TITLE_TOO_LONG: "The title is too long for the website. Shorten it.",
    Code.CONTENT_EMPTY: "The piece has no text. Write some before publishing.",
    Code.CONTENT_TOO_LARGE: "The text is larger than the website takes. Shorten it or split it.",
    Code.SLUG_INVALID: "The address (slug) may have letters and digits of any script and hyphens, 200 characters at most when it is percent-encoded. Change it.",
    Code.CONTENT_TOO_COMPLEX: "The text has more tags than can be checked, or too many within each other. Split it, or leave out what a program put into it.",
    Code.CANONICAL_INVALID: "The canonical address is not a whole http or https address. Correct it, or leave it empty.",
    Code.TYPE_DISABLED: "The website does not take this type of content. Enable it in the plugin's settings, or change the type.",
    Code.TOO_MANY_IMAGES: "There are more images than the website takes. Remove some.",
    Code.IMAGE_MISSING: "An image of this piece has no file and no address. Add it again.",
    Code.IMAGE_UNREACHABLE: "An image could not be reached at its address. Open the address, or replace the image.",
    Code.IMAGE_TOO_LARGE: "An image is larger than the website takes. Use a smaller one.",
    Code.IMAGE_KIND_UNSUPPORTED: "An image has a format that the website does not take. Use JPEG, PNG, GIF or WebP.",
    Code.AUTHOR_NOT_FOUND: "Nobody on the website has the author's e-mail address. Create that user there, or choose another author.",
    Code.AUTHOR_FORBIDDEN: "The author may not publish this type of content on the website. Give that user the right, or choose another author.",
    Code.APPROVAL_NEEDED: "The text was edited after it was approved. Approve it again.",
    Code.STEPS_MISSING: "The text is not approved in all steps yet. Whoever may sign the next one has to.",
    Code.ALREADY_PUBLISHED: "This is already published and has not changed since. Use “Publish again” to send it once more.",
    Code.NOT_PUBLISHED: "This piece is not online, so there is nothing to take down.",
    Code.IN_FLIGHT: "This piece is being published right now. Wait until that has finished.",
    Code.UNCLEAR: "Nobody knows yet whether this piece is online. Wait for the website's answer, or look there and say that it is not.",
    Code.ILLEGAL_STATE: "That is not possible in the piece's present state. Reload the page to see where it stands.",
    Code.VERSION_CONFLICT: "Somebody else changed this meanwhile. Look at their version, then save yours again.",
    Code.INTEGRATION_MISSING: "This site has no default connection that is switched on, so nothing goes out. Connect a website, switch its connection on, or make one the default, on the site's page.",
    Code.CONNECTION_OFF: "The connection by which this piece went online is switched off. Switch it on again on the site's page, then take the piece offline.",
    Code.ONLINE_ELSEWHERE: "This piece is online at a destination to which its site does not publish any more, and would stay there. Take it offline there first.",
    Code.DESTINATION_CHANGED: "The site publishes to another destination than the page showed, so nothing was sent. See where it goes now, then publish again.",
    Code.KEEPS_ITS_TIME: "This piece has a time of its own, or is on hold, and many at once do not change that. Publish it by itself if it shall go out now.",
    Code.NOTHING_TO_DEPLOY: "There is nothing to send: every piece that may go out is online as it was approved, is on its way, has a time or is on hold.",
    Code.DEPLOYMENT_CHANGED: "There are more, or fewer, pieces than the page showed, so nothing was sent. Look at the number now, then send them.",
    Code.DEPLOYMENT_RUNS: "Another deployment of this site has not ended. Wait for it, or cancel it.",
    Code.IN_THE_PAST: "That time has passed. Choose a later one, or publish the piece now.",
    Code.MOVED_MEANWHILE: "Somebody else moved this piece meanwhile. It stands where they put it; move it again if you still want to.",
    Code.NO_TIME_LEFT: "That day has no time left. Choose another day, or publish the piece now.",
    Code.NO_ROOM: "There is no free slot for all the pieces that would have to move. Raise a limit, add publishing days, or choose another time.",
    Code.TIME_TAKEN: "Another piece that may not be moved goes out at that minute. Choose another time.",
    Code.ALREADY_UNDONE: "This was undone before, or can no longer be undone. Nothing has changed.",
    Code.INVALID_CREDENTIALS: "The website refused our key. Check the key in the plugin's settings and on the site's page.",
    Code.CREDENTIALS_UNREADABLE: "The stored key of this connection cannot be opened any more. Make a new key on the site's page.",
    Code.KEY_MISSING: "This connection has no key: it was ended, or the website's address has changed. Make a new key on the site's page and enter it there.",
    Code.TOO_MANY_FAILURES: "The website refuses us for a while after too many wrong keys. Check the key, and wait before you try again.",
    Code.ADDRESS_REFUSED: "The address is not one that we may call (a private network, or another port). Use a public http or https address.",
    Code.ADDRESS_REDIRECTS: "The website's address leads on to another one, where our key is not sent. Enter the address that the details name.",
    Code.REST_CLOSED: "Something on the website keeps strangers from its REST interface, most likely a security plugin or a firewall. Let the addresses below igny8/v1 through there.",
    Code.WEBSITE_LOCKED: "The whole website asks for a user name and password. Let the addresses below igny8/v1 through without them, or take the lock off.",
    Code.MAINTENANCE: "The website is in maintenance, most likely for an update. If it stays so, delete the file .maintenance there.",
    Code.DESTINATION_UNREACHABLE: "The website could not be reached. If it stays so, ask whoever runs it.",
    Code.DESTINATION_TIMEOUT: "The website took too long to answer. Trying again publishes nothing twice; if it stays so, ask whoever runs it.",
    Code.DESTINATION_ERROR: "The website had an error of its own. Its error log says more.",
    Code.DESTINATION_BUSY: "The website asked us to slow down. It takes things again after the pause that it asked for.",
    Code.DESTINATION_REFUSED: "The website refused the request. The details hold its answer.",
    Code.DESTINATION_ANSWER_UNREADABLE: "The website answered with something that is not ours, such as a login or error page. A security plugin or a cache may stand in between.",
    Code.PLUGIN_MISSING: "The IGNY8 plugin does not answer on that website. Install and activate it.",
    Code.PLUGIN_NOT_CONFIGURED: "The IGNY8 plugin has no key yet. Enter address and key under Settings → IGNY8 in WordPress.",
    Code.DELIVERY_UNSUPPORTED: "This destination can only show a piece to everybody. Deliver it as public, or send it to a connection that takes drafts.",
    Code.STAYS_PUBLIC: "This piece is public at its destination, and an update leaves it so. Take it offline first.",
    Code.PROTOCOL_UNSUPPORTED: "The plugin and IGNY8 speak different versions. Update the plugin.",
    Code.CLOCK_SKEW: "The website's clock is wrong by more than five minutes. Set it right; times would be wrong.",
    Code.INSTALLATION_COPIED: "This IGNY8 may be a copy of another one, so it changes nothing there. Whoever runs it says which it is: `igny8 installation`.",
    Code.WEBSITE_COPIED: "This WordPress is not the one that was connected: it has moved, or is a copy. Say there which it is, under Settings → IGNY8; where it has moved, change its address on the site's page.",
    Code.IN_PROGRESS: "The website is still working on the previous attempt, and has not said how that ended.",
    Code.STALE_ATTEMPT: "A newer attempt has taken over. This one changed nothing.",
    Code.NEWER_THERE: "The website may have a newer publication of this piece than IGNY8, whose data came back from a backup. Compare the two, then publish to replace what is there.",
    Code.EDITED_THERE: "The post was edited on the website since we last wrote it, so it was left alone. Look at what differs; then publish over it, or take the edits over into the piece first.",
    Code.STILL_THERE: "The website knows no post of this piece, but its address still shows it. Take it offline there, then try again.",
    Code.NOT_SEEN: "The website knows no post of this piece, and its address could not be looked at. Look there yourself: if it is offline, say so; if not, take it offline there.",
    Code.FEATURED_IMAGE_DOWNLOAD_FAILED: "The featured image could not be fetched. Check that its address works, or replace it.",
    Code.GALLERY_IMAGE_DOWNLOAD_FAILED: "A gallery image could not be fetched. Check that its address works, or replace it.",
    Code.INLINE_IMAGE_DOWNLOAD_FAILED: "An image in the text could not be fetched. Check that its address works, or replace it.",
    Code.IMAGE_REFUSED: "The website refused an image. The details say why; replace the image.",
    Code.MEDIA_NOT_STAGED: "An image that was sent before is gone on the website. Trying again sends it again.",
    Code.UPLOAD_NOT_WRITABLE: "The website cannot store files. Its upload folder is full or not writable.",
    Code.STAGING_FULL: "Too many images wait on the website for their publication. They leave after a day at the latest.",
    Code.TAXONOMY_MISSING: "The website has no such category or tag type. Activate it there.",
    Code.TERM_CREATION_FAILED: "A category or tag could not be created on the website. The details name it.",
    Code.POST_CREATION_FAILED: "The website could not create the post. Nothing was left behind.",
    Code.POST_UPDATE_FAILED: "The website could not update the post. It is as it was before.",
    Code.DATABASE_ERROR: "The website's database had an error. Everything was taken back. If it stays so, ask whoever runs it.",
    Code.SEO_WRITE_FAILED: "The SEO fields could not be written, so everything was taken back. The website's SEO plugin may be at fault.",
    Code.POST_PUBLISH_FAILED: "The post was made but could not be put online, so it was taken back.",
    Code.RETRACT_FAILED: "The post could not be taken offline. It is still there.",
    Code.NOT_FOUND: "The website does not have what we asked for.",
    Code.PERMALINK_NOT_OK: "The published page does not open. Open the link; on WordPress, saving the permalink settings often helps.",
    Code.FEATURED_IMAGE_NOT_OK: "The featured image does not open on the website.",
    Code.TERMS_NOT_ASSIGNED: "Some categories or tags are not on the post.",
    Code.PAGE_CACHED: "Readers still get an older page from a cache. Clear the website's cache, or that of its network, for this address.",
    Code.TITLE_NOT_VISIBLE: "The page does not show the title.",
    Code.META_TITLE_NOT_VISIBLE: "The page's title for search engines is another one. An SEO plugin or the theme makes its own.",
    Code.TEXT_NOT_VISIBLE: "The page does not show the text. A paywall, a lock or the theme may keep it from readers.",
    Code.DESCRIPTION_NOT_VISIBLE: "The page does not carry the meta description. An SEO plugin or the theme may leave it out.",
    Code.CANONICAL_DIFFERENT: "The page does not name the canonical address that was given. An SEO plugin or the theme may print another one.",
    Code.CANONICAL_ELSEWHERE: "The page names another page as its original, so search engines list that one. An SEO plugin's field of the post or the theme says so.",
    Code.DELIVERED_OTHERWISE: "The post was delivered without being shown, and the website has it otherwise. Look at its status there.",
    Code.DELIVERED_VISIBLE: "The post was delivered without being shown, and its address shows it to everybody. Look at the website's cache, and at plugins that share drafts.",
    Code.SITE_NOT_LISTED: "The website asks search engines not to list it: in WordPress, Discourage search engines, under Settings → Reading. No piece there is found until that is switched off.",
    Code.SITE_HIDDEN: "All pages of the website ask search engines not to list them. Look at the general settings of the SEO plugin, at the web server, and at plugins that close the website.",
    Code.ROBOTS_FORBID_ALL: "The website's robots.txt keeps search engines from all of it. Look at that file, or at the plugin that writes it.",
    Code.ROBOTS_FORBID: "The website's robots.txt keeps search engines from this page's address. Look at the line that forbids it.",
    Code.SITEMAP_MISSING: "The website has no sitemap that can be read. Search engines then find new pages late. An SEO plugin, or WordPress itself, makes one.",
    Code.NOT_IN_SITEMAP: "The website's sitemap does not name this page. Look at the post's settings in the SEO plugin, and at which types the sitemap has.",
    Code.HEADING_MISSING: "Pages of the website have no main heading (h1). The theme leaves it out.",
    Code.HEADINGS_SEVERAL: "The page has more than one main heading (h1). One is the title; use smaller headings in the text, or ask whoever made the theme.",
    Code.OG_IMAGE_MISSING: "The page names no picture for those who share it (og:image), though the piece has one. An SEO plugin adds it.",
    Code.NOINDEX_TAG: "The page asks search engines not to list it, by a robots tag that other pages of the website do not have. Look at the post's settings in the SEO plugin.",
    Code.NOINDEX_HEADER: "The website asks search engines not to list this page, by an X-Robots-Tag header that its front page does not have. Look at the web server and at plugins that set headers.",
    Code.DATE_DIFFERENT: "The post's date is not the one intended.",
    Code.DUPLICATE_POSTS: "More than one post on the website carries this piece's id. Delete the extra ones there.",
    Code.VERIFICATION_UNAVAILABLE: "The website could not be asked whether everything arrived. Open the link and look.",
    Code.WORKER_GONE: "The work stopped several times without an answer, so it was given up. Try again, and tell whoever runs IGNY8.",
    Code.CANCELLED: "This was withdrawn before it began.",
    Code.DATABASE_AWAY: "The database cannot be reached right now. Nothing was saved; try again in a moment.",
    Code.INTERNAL_ERROR: "Something went wrong that should not have. Try again; the details help whoever runs IGNY8.",
}


# Where a sentence speaks of what stands on a page: the same in words of the API.
TO_PROGRAMS: dict[str, str] = {
    Code.VALIDATION_FAILED: "Some things must be put right before this can go out. `details.problems` lists them.",
    Code.CONTENT_NOT_PUBLISHABLE: "This piece is not in a state that can be published. `submit/` hands it over for review.",
    Code.APPROVAL_NEEDED: "The text was edited after it was approved. `approve/` approves it as it stands.",
    Code.ALREADY_PUBLISHED: "This is already published and has not changed since. Publish with `force: true` to send it once more.",
    Code.UNCLEAR: "Nobody knows yet whether this piece is online. Wait for the website's answer, or look there and say with the record's `not-done/` that it is not.",
    Code.ILLEGAL_STATE: "That is not possible in the present state. Read it again to see where it stands.",
    Code.VERSION_CONFLICT: "Somebody else changed this meanwhile. Read it again, and send your change with the `version` that it has now.",
    Code.INTEGRATION_MISSING: "This site has no default connection that is switched on, so nothing goes out. Make one with `POST integration/integrations/`, or set `is_active` or `is_default` of one that is there.",
    Code.CONNECTION_OFF: "The connection by which this piece went online is switched off. Set its `is_active` to true, then retract the piece again.",
    Code.IN_THE_PAST: "That time has passed. Send a later one, or publish the piece now.",
    Code.MOVED_MEANWHILE: "Somebody else moved this piece meanwhile. It stands where they put it; read its time, and send that as `seen` if you still want to move it.",
    Code.INVALID_CREDENTIALS: "The website refused our key. Check the key in the plugin's settings; the connection's `rotate-key/` makes a new one.",
    Code.CREDENTIALS_UNREADABLE: "The stored key of this connection cannot be opened any more. Its `rotate-key/` makes a new one.",
    Code.KEY_MISSING: "This connection has no key: it was ended, or the website's address has changed. Its `rotate-key/` makes a new one; enter it at the website.",
    Code.WEBSITE_COPIED: "This WordPress is not the one that was connected: it has moved, or is a copy. Say there which it is, under Settings → IGNY8; where it has moved, change the connection's `base_url`.",
    Code.EDITED_THERE: "The post was edited on the website since we last wrote it, so it was left alone. `details.differences` says how. Publish with `over` set to `details.over` to replace it, or take the edits over into the piece first.",
    Code.STILL_THERE: "The website knows no post of this piece, but its address still shows it. Take it offline there, then call the record's `retry/`.",
    Code.NOT_SEEN: "The website knows no post of this piece, and its address could not be looked at. Look there yourself: if it is offline, say so with the record's `seen-offline/`; if not, take it offline there.",
}


# What only one platform has, from its folder (integrations/platform.py).
OF_PLATFORMS: dict[str, str] = {}


def join(sentences: Mapping[str, str]) -> None:
    """Add a platform's own codes to the list. ValueError: a code has one meaning."""
    taken = {*Code, *OF_PLATFORMS}.intersection(sentences)
    if taken:
        raise ValueError(f"taken: {', '.join(sorted(taken))}")
    OF_PLATFORMS.update(sentences)


def sentence(code: str) -> str:
    """What to tell an editor about a code; also for one that only a newer plugin knows."""
    known = OF_PLATFORMS.get(code)
    if known is not None:
        return known
    try:
        return SENTENCES[Code(code)]
    except ValueError:
        return (
            "The website reported a problem that this version does not know. The details hold it."
        )


def to_programs(code: str, message: str) -> str:
    """A message about a code as the API gives it: the sentence for pages that stands in it gives
    way to the one for programs."""
    said = TO_PROGRAMS.get(code)
    return message.replace(sentence(code), said) if said else message


def error_to_programs(error: Mapping[str, Any]) -> dict[str, Any]:
    """A stored error, with the problems that its details list, as the API gives it."""
    told = {**error, "message": to_programs(error.get("code", ""), error.get("message", ""))}
    details = error.get("details") or {}
    if "problems" in details:
        listed = [error_to_programs(one) for one in details["problems"]]
        told["details"] = {**details, "problems": listed}
    return told
