"""Visitors of the company's own sites: who they are as far as it can be proved, and whether a card asks them.

What a stranger can learn is whether they themselves are asked, and no reason: `asking` says how.
"""

from polku.surveys.visitors.proof import make_site_key, signature, site_key
from polku.surveys.visitors.routes import routes

__all__ = ["make_site_key", "routes", "signature", "site_key"]
