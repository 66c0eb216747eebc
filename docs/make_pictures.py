"""Makes the pictures of the README from sample_data: `make pictures`.

Plots are latcomp's own, by matplotlib; pages are photographed in headless Chromium.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
PICTURES = Path(__file__).parent / "pictures"

LARGEST = 200_000
"""Bytes of a picture."""

DIGITS = ("sample_data/digits_mlp.h5", "sample_data/digits_cnn.h5")
WORDS = ("sample_data/words_word2vec.h5", "sample_data/words_fasttext.h5")


def main() -> None:
    """Every picture, made anew."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        folder = Path(name)
        latcomp("compare", *DIGITS, "--center", "--html", folder / "digits.html")
        quick = ("--center", "--seeds", 1, "--measures", "mutual-knn")
        latcomp("compare", *WORDS, *quick, "--html", folder / "words.html")
        sweep = ("--center", "--counts", "25,50,100,200,300", "--plot", PICTURES / "sweep.png")
        latcomp("anchors", "sweep", *DIGITS, *sweep)
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
        visit(page, folder / "digits.html")
        find(page, "digit-0295")
        photograph(page, "section.views .spaces", PICTURES / "digits.png")
        photograph(page, "[data-plot=intervals]", PICTURES / "scores.png")
        visit(page, folder / "words.html")
        page.select_option("#colour", label="where it lies in a")
        find(page, "marriage")
        photograph(page, "section.views .spaces", PICTURES / "words.png")
        browser.close()


def latcomp(*arguments: object) -> None:
    """Run a command as a reader would, in the root of the repository."""
    command = [sys.executable, "-m", "latcomp", *map(str, arguments), "--quiet"]
    subprocess.run(command, cwd=ROOT, check=True)


def visit(page: Page, file: Path) -> None:
    """Open a page and wait until it is drawn."""
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]")


def find(page: Page, name: str) -> None:
    """Choose an item by its id."""
    page.fill("#search", name)
    page.press("#search", "Enter")
    page.wait_for_timeout(500)


def photograph(page: Page, part: str, path: Path) -> None:
    """A part of a page as a picture of few colours, so that it is small."""
    page.locator(part).screenshot(path=path)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(96).save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        sys.exit(f"{path} takes {path.stat().st_size:,} bytes, more than {LARGEST:,}")


main()
