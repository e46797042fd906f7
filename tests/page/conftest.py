"""A real browser for the tests of the page, and small models to show in it."""

import os
import shutil

import numpy as np
import pytest

from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.music.clock import clock_sizes

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required"
).split()


def make_model(vocabulary, cell="lstm", window=None, units=16, dtype=np.float32, attention=0, clock_kinds=()):
    """An untrained model whose weights are large enough for it to have opinions."""
    options = {"attention": attention, "clock": clock_sizes(clock_kinds), "dtype": dtype}
    model = MelodyModel(len(vocabulary), units, cell, rng=np.random.default_rng(1), **options)
    rng = np.random.default_rng(2)
    for weight in model.params.values():
        weight[...] = (0.6 * rng.normal(size=weight.shape)).astype(np.float32)
    model.vocabulary, model.window, model.clock_kinds = vocabulary, window, clock_kinds
    return model


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Headless Chromium by selenium, or a reason to skip."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    driver = shutil.which("chromedriver")
    if not program or not driver:
        pytest.skip("no chromium with chromedriver on PATH: the page was not tried in a browser")
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed: no browser")
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in (*QUIET, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    started = webdriver.Chrome(options=options, service=Service(driver, env=dict(os.environ)))
    started.set_script_timeout(60)
    yield started
    started.quit()


@pytest.fixture
def screen(browser):
    """Sets the size of the screen and the scheme."""

    def resize(width, height, dark=False):
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})

    yield resize
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
