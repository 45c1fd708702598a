"""Photograph the comparison of options in Bedford's chapter (extra ``browser``, and Chromium).

``python docs/images/options_page.py build/bedford /usr/bin/chromium`` from the root of the repository.
"""

import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
OUT = Path("docs/images/options-page.png")
MARGIN, COLOURS = 16, 64


def main(chapter: str, chromium: str) -> None:
    """Write the picture: from the heading of the options to the end of their section."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(Path(chapter, "index.html").resolve().as_uri())
        section = page.locator("section#projection")
        begin = section.locator("h3", has_text="Options compared").bounding_box()
        whole, end = section.bounding_box(), section.locator("p", has_text="Back to contents").bounding_box()
        top = begin["y"] - MARGIN
        clip = {"x": whole["x"] - MARGIN, "width": whole["width"] + 2 * MARGIN, "y": top}
        page.screenshot(path=OUT, full_page=True, clip={**clip, "height": end["y"] - top})
        browser.close()
    with Image.open(OUT) as picture:
        picture.convert("RGB").quantize(COLOURS).save(OUT, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
