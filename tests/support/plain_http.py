"""What every client of the tests' own servers shares; they all speak plain HTTP."""

from __future__ import annotations

import ssl

# httpx would read all certificate authorities for each client: more work than most tests.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
