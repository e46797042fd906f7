"""The README's picture of the page, docs/page.png, from a model of this project's own tunes.

    python benchmarks/page_picture.py

It trains on data/tunes for a minute, writes the page of that model, lets it go on from four bars of a tune,
and takes a picture with Chromium. Nothing of other collections is in it.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains

from lstm_from_scratch.corpus import prepare
from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.page import beginnings, playground
from lstm_from_scratch.training.loop import train
from lstm_from_scratch.training.recipe import PRESETS

DOCS = Path(__file__).parents[1] / "docs"
WIDTH, HEIGHT = 1280, 1130
SEED = 3
POINTED_AT = (215, 60)  # pixels from the middle of the piano roll: what the arcs begin at
SHOW = """
    const { song, settings, player } = melody;
    document.getElementById("keys").style.position = "static";
    do {
        song.cut(song.ownEnd);
        while (song.length < 128 && song.goOn(0.6, settings.uniform()));
    } while (song.length < 128);
    song.compute();
    document.querySelector("#stories button").click();
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus, _ = prepare(sorted(beginnings.TUNES.glob("*.krn")))
        recipe = replace(PRESETS["attention"], units=128, steps=1200, validate_every=200)
        train(corpus, recipe, folder / "model", SEED)
        playground.write_page(folder / "page.html", MelodyModel.load(folder / "model" / "best.npz"))
        options = webdriver.ChromeOptions()
        for argument in (
            "--headless",
            "--no-sandbox",
            "--hide-scrollbars",
            f"--user-data-dir={folder / 'p'}",
        ):
            options.add_argument(argument)
        # Named, because selenium would look for a driver in the network.
        browser = webdriver.Chrome(options, Service(shutil.which("chromedriver")))
        screen = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "hover", "value": "hover"}]}
        )
        browser.get(f"{(folder / 'page.html').as_uri()}?seed={SEED}")
        browser.execute_script(SHOW + "melody.redraw();")
        roll = browser.find_element("id", "roll")
        ActionChains(browser).move_to_element_with_offset(roll, *POINTED_AT).perform()
        time.sleep(1)
        browser.save_screenshot(str(DOCS / "page.png"))
        browser.quit()


if __name__ == "__main__":
    main()
