"""Puts the browser code that Polku serves into src/polku/web/static/vendor/ (run by `make assets`).

npm has checked its files against the integrity hashes of package-lock.json; Vega's bundle is made by
vl-convert, whose wheel was checked against requirements-dev.lock, and is checked here once more.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

import vl_convert

ROOT = Path(__file__).parent.parent
VENDOR = ROOT / "src/polku/web/static/vendor"
INTER = "@fontsource-variable/inter"

FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx.LICENSE": "htmx.org/LICENSE",
    "inter.woff2": f"{INTER}/files/inter-latin-wght-normal.woff2",
    "inter-ext.woff2": f"{INTER}/files/inter-latin-ext-wght-normal.woff2",
    "inter.LICENSE": f"{INTER}/LICENSE",
}
VEGA_SHA256 = "3425bd951a44d478d0505c6b5d1e8d57656b6e9a4da7bfe88a718ce61d76e572"


def vega_bundle() -> bytes:
    """Vega, Vega-Lite and Vega-Embed as one module; ends the program if it is not the one that was pinned."""
    bundle = vl_convert.javascript_bundle().encode()  # type: ignore[call-arg]  # its stub forgets the default
    found = hashlib.sha256(bundle).hexdigest()
    if found != VEGA_SHA256:
        sys.exit(
            f"Vega's bundle from vl-convert {version('vl-convert-python')} has sha256 {found}, "
            f"not {VEGA_SHA256}. "
            "If vl-convert was updated on purpose, put the new hash into scripts/assets.py."
        )
    return bundle


def main() -> None:
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, source in FILES.items():
        shutil.copyfile(ROOT / "node_modules" / source, VENDOR / name)
    (VENDOR / "vega.js").write_bytes(vega_bundle())


if __name__ == "__main__":
    main()
