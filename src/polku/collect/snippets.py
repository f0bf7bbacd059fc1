"""Ready lines of code that send a first event."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Snippet:
    """How to send from one kind of program: what to install and what to write."""

    key: str
    title: str
    install: str
    code: str


def snippets(address: str, write_key: str) -> tuple[Snippet, ...]:
    """For browsers, Node and Python, with Segment's own SDKs."""
    browser = f"""import {{ AnalyticsBrowser }} from '@segment/analytics-next'

const analytics = AnalyticsBrowser.load({{
  writeKey: '{write_key}',
  cdnURL: '{address}',
}})
analytics.page()
analytics.track('Product Viewed', {{ product_id: 'A-1' }})
"""
    node = f"""import {{ Analytics }} from '@segment/analytics-node'

const analytics = new Analytics({{ writeKey: '{write_key}', host: '{address}' }})
analytics.track({{ userId: 'u1', event: 'Order Completed', properties: {{ revenue: 49.9 }} }})
await analytics.closeAndFlush()
"""
    python = f"""from segment.analytics import Client

analytics = Client("{write_key}", host="{address}")
analytics.track("u1", "Order Completed", {{"revenue": 49.9}})
analytics.shutdown()
"""
    curl = f"""curl {address}/v1/track -u {write_key}: -H 'Content-Type: application/json' \\
  -d '{{"userId": "u1", "event": "Order Completed", "properties": {{"revenue": 49.9}}}}'
"""
    return (
        Snippet("browser", "JavaScript", "npm install @segment/analytics-next", browser),
        Snippet("node", "Node", "npm install @segment/analytics-node", node),
        Snippet("python", "Python", "pip install segment-analytics-python", python),
        Snippet("curl", "curl", "", curl),
    )
