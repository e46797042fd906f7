"""The page in a real browser: played, listened to, changed, saved, and looked at on every screen."""

import io
import json
import os
import runpy
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lstm_from_scratch.music import decode, parse_kern
from lstm_from_scratch.page import playground
from lstm_from_scratch.page.beginnings import Beginning

make_model = runpy.run_path(str(Path(__file__).parent / "conftest.py"))["make_model"]


@pytest.fixture(scope="module")
def address(corpus, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "page.html"
    model = make_model(corpus.vocabulary)
    model.params["dense.b"][corpus.delimiter] = -50  # it never ends by itself
    playground.write_page(path, model, songs=21)
    return path.as_uri()


@pytest.fixture
def page(address, browser):
    """The page, just opened; whatever the console says afterwards fails the test."""
    browser.get("about:blank")
    browser.get_log("browser"), browser.get_log("performance")
    browser.get(address)
    yield browser
    assert browser.get_log("browser") == []


def run(browser, script, *arguments):
    return browser.execute_script(f"const {{ song, player, network }} = melody; {script}", *arguments)


def keys(browser, text, hold=0.02):
    """Keys of the computer keyboard, pressed and let go."""
    from selenium.webdriver.common.action_chains import ActionChains

    for key in text:
        ActionChains(browser, duration=0).key_down(key).pause(hold).key_up(key).perform()


def click(browser, name):
    browser.find_element("id", name).click()


def wait(browser, script, seconds=60):
    """Until a script says true."""
    end = time.monotonic() + seconds
    while not run(browser, script):
        assert time.monotonic() < end, script
        time.sleep(0.05)


def test_no_request_leaves_the_page(page, address):
    keys(page, "asd ")
    wait(page, "return song.length > 12")
    asked = [json.loads(entry["message"])["message"] for entry in page.get_log("performance")]
    urls = {m["params"]["request"]["url"] for m in asked if m["method"] == "Network.requestWillBeSent"}
    assert {url for url in urls if not url.startswith("data:")} == {address}


def test_a_beginning_by_keys_is_continued_and_temperature_obeys_at_once(page):
    page.execute_script("document.getElementById('note-length').value = '4';")
    page.execute_script("document.getElementById('note-length').dispatchEvent(new Event('change'));")
    keys(page, "adg")
    assert run(page, "return song.symbols") == ["60", "_", "_", "_", "64", "_", "_", "_", "67", "_", "_", "_"]
    assert run(page, "return song.own.every(Boolean)")
    run(page, "melody.settings.tempo = 400")
    keys(page, " ")
    wait(page, "return song.length > 30 && player.playing")
    page.execute_script(
        "const t = document.getElementById('temperature'); t.value = 0; t.dispatchEvent(new Event('input'))"
    )
    start = run(page, "return song.length")
    wait(page, f"return song.length > {start} + 20")
    keys(page, " ")
    assert not run(page, "return player.playing") and not run(page, "return song.own.slice(12).some(Boolean)")
    greedy = """
        song.compute();
        return song.symbols.map((symbol, t) => {
            const p = network.choices(song.trace[t], t, 0);
            return network.symbols[p.indexOf(Math.max(...p))] === symbol;
        }).slice(arguments[0]);"""
    assert all(run(page, greedy, start))


def test_notes_in_time_last_until_the_next(page):
    keys(page, "a")
    run(page, "melody.settings.tempo = 60")  # a 16th has 250 ms
    time.sleep(0.9)
    keys(page, "s")
    notes = run(page, "return song.notes")
    assert notes[0]["pitch"] == 60 and notes[1]["pitch"] == 62
    assert notes[0]["length"] in (4, 6, 8)  # 0.9 s and what the machine was busy with, in 8ths


def test_undo_another_and_clear(page):
    before = run(page, "return song.symbols")
    click(page, "go")
    wait(page, f"return song.length > {len(before)} + 8")
    click(page, "go")
    first = run(page, "return song.symbols")
    click(page, "another")
    wait(page, f"return song.length > {len(before)} + 8")
    click(page, "go")
    assert run(page, "return song.symbols")[: len(before)] == before
    click(page, "undo")
    assert run(page, "return song.symbols") == first
    click(page, "undo")
    assert run(page, "return song.symbols") == before
    click(page, "clear")
    assert run(page, "return song.length") == 0
    keys(page, " ")
    wait(page, "return song.length > 4")  # from nothing at all
    assert run(page, "return song.symbols[0]") not in ("_", "/")


def test_a_changed_note_recomputes_only_what_follows(page):
    found = run(
        page,
        """
        song.compute();
        const before = [...song.trace], logp = song.trace.map((moment) => Array.from(moment.logp));
        const { start, length } = song.notes[5];
        song.change(start, [String(song.notes[5].pitch + 2), ...Array(length - 1).fill("_")]);
        const kept = song.trace.length;
        song.compute();
        const fresh = [network.start()];
        for (const symbol of song.symbols) fresh.push(network.step(fresh.at(-1), network.id[symbol]));
        return {
            start, kept, same: before.slice(0, start + 1).every((moment, t) => moment === song.trace[t]),
            right: song.trace.every((m, t) => m.logp.every((p, k) => p === fresh[t].logp[k])),
            changed: logp[start + 1].some((p, k) => p !== song.trace[start + 1].logp[k]),
        };""",
    )
    assert found["kept"] == found["start"] + 1 and found["same"] and found["right"] and found["changed"]


def test_a_note_is_changed_by_keyboard_alone(page):
    from selenium.webdriver.common.keys import Keys

    roll = page.find_element("id", "roll")
    page.execute_script("arguments[0].focus()", roll)
    roll.send_keys(Keys.HOME, Keys.ARROW_RIGHT)
    before = run(page, "return song.notes[1].pitch")
    assert "bar 1, beat 2" in page.find_element("id", "where").text
    roll.send_keys(Keys.ARROW_UP)
    assert run(page, "return song.notes[1].pitch") == before + 2  # the model knows no E flat
    roll.send_keys(Keys.DELETE)
    assert run(page, "return song.notes[1].pitch") is None
    page.find_element("tag name", "body").send_keys(Keys.BACKSPACE)
    assert run(page, "return song.notes[1].pitch") == before


def test_a_click_selects_a_note_and_a_drag_changes_it(page, screen):
    from selenium.webdriver.common.action_chains import ActionChains

    screen(1280, 1000)
    roll = page.find_element("id", "roll")
    place = run(
        page,
        """
        const note = song.notes[2], box = document.getElementById("roll").getBoundingClientRect();
        const { axis } = melody.inside;
        const y = melody.roll.y(note.pitch);
        return [axis.x(note.start + 1) - box.width / 2, y - box.height / 2, melody.roll.row, note.pitch];""",
    )
    x, y, row, pitch = place
    chain = ActionChains(page, duration=50).move_to_element_with_offset(roll, x, y).click_and_hold()
    chain.move_by_offset(0, round(-3 * row)).release().perform()
    assert run(page, "return song.notes[2].pitch") == pitch + 3


def test_what_is_saved_reads_back(page):
    from music21 import midi

    run(page, "melody.settings.tempo = 90; while (song.length < 150 && song.goOn(1, Math.random()));")
    symbols = run(page, "return song.symbols")
    melody = parse_kern(run(page, "return melody.kern()"))
    assert melody.notes == decode(symbols).notes and melody.meter == (4, 4)
    file = midi.MidiFile()
    file.readstr(bytes(run(page, "return Array.from(melody.midi())")))
    stream = midi.translate.midiFileToStream(file, quantizePost=False)
    sounding = [
        (n.pitch.midi, n.offset, Fraction(n.quarterLength)) for n in stream.stripTies().flatten().notes
    ]
    onset, wanted = Fraction(0), []
    for pitch, duration in decode(symbols).notes:
        if pitch is not None:
            wanted.append((pitch, onset, duration))
        onset += duration
    assert sounding == wanted


@pytest.mark.parametrize("meter, upbeat", [([3, 4], 4), ([6, 8], 2), ([2, 4], 0)])
def test_kern_of_every_meter_reads_back(page, meter, upbeat):
    symbols = ["60", *"_" * 20, "r", "_", "67", *"_" * 8, "70", "66", *"_" * 6]
    run(
        page,
        "song.set({ symbols: arguments[0], meter: arguments[1], upbeat: arguments[2] })",
        symbols,
        meter,
        upbeat,
    )
    melody = parse_kern(run(page, "return melody.kern()"))
    assert melody.notes == decode(symbols).notes
    assert melody.meter == tuple(meter) and melody.upbeat == Fraction(upbeat, 4)


def test_what_is_heard_is_what_is_written(page):
    """Onsets, pitches, loudness, silence at the end, and no clicks."""
    symbols = ["60", *"___", "67", "_", "r", "_", "72", *"_______"]
    run(page, "song.set({ symbols: arguments[0] }); melody.settings.tempo = 100", symbols)
    sound = np.array(page.execute_async_script(
        "const done = arguments[0]; melody.render().then((samples) => done(Array.from(samples)));"
    ))  # fmt: skip
    rate, sixteenth = 44100, 0.15
    assert 0.1 < np.abs(sound).max() < 0.95
    assert np.abs(sound[-rate // 10 :]).max() < 1e-3 * np.abs(sound).max()
    spectrum = np.fft.rfft(sound)
    spectrum[: int(9000 * len(sound) / rate)] = 0  # the tenth partial of the highest note has 5,233 Hz
    assert np.abs(np.fft.irfft(spectrum)).max() < 0.003 * np.abs(sound).max()  # a click would be in there
    for pitch, start in ((60, 0), (67, 4), (72, 8)):
        begin = int((start * sixteenth + 0.05) * rate)
        piece = sound[begin : begin + int(0.22 * rate)]
        spectrum = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 1 << 18))
        low, high = (int(f * (1 << 18) / rate) for f in (200, 700))
        found = (low + spectrum[low:high].argmax()) * rate / (1 << 18)
        assert abs(12 * np.log2(found / 440) + 69 - pitch) < 0.2
        energy = lambda t: np.sqrt(np.mean(sound[int(t * rate) : int((t + 0.03) * rate)] ** 2))  # noqa: E731
        onset = start * sixteenth
        assert energy(onset + 0.02) > 1.3 * (energy(onset - 0.04) if start else 0)


def test_text_goes_out_and_comes_in(page):
    page.execute_script("for (const d of document.querySelectorAll('details')) d.open = true")
    page.execute_script("document.getElementById('text').value = arguments[0]", " 60 _ 64\n_ r _ ")
    page.execute_script("document.getElementById('paste').click()")
    assert run(page, "return song.symbols") == ["60", "_", "64", "_", "r", "_"]
    for text, said in (
        ("60 _ H _", "Symbol 3, “H”, is none that this network knows"),
        ("_ 60", "cannot begin with _"),
        ("", "There is no text"),
        ("<img src=x onerror=alert(1)>", "Symbol 1"),
        ("60 / 62", "Symbol 2"),
        ("60 " * 600, "longer than 512"),
    ):
        page.execute_script("document.getElementById('text').value = arguments[0]", text)
        page.execute_script("document.getElementById('paste').click()")
        assert said in page.find_element("id", "message").text
        assert run(page, "return song.symbols") == ["60", "_", "64", "_", "r", "_"]


@pytest.mark.parametrize("width", [360, 1280, 2560])
@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_every_screen_in_both_schemes(page, screen, width, dark):
    screen(width, 900, dark)
    page.refresh()
    run(page, "while (song.length < 150 && song.goOn(0.8, Math.random())); melody.redraw()")
    time.sleep(0.3)
    assert page.execute_script("return document.documentElement.scrollWidth") <= width
    sizes = page.execute_script("""
        const controls = [...document.querySelectorAll("button, select, summary")];
        return controls.filter((e) => e.offsetParent).map((e) => {
            const { width, height } = e.getBoundingClientRect();
            return [e.id || e.textContent, width, height];
        });""")
    assert [size for size in sizes if min(size[1:]) < 14] == []
    inked = page.execute_script("""
        const ids = ["roll", "map", "curve"];
        return ids.map((id) => {
            const canvas = document.getElementById(id);
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return new Set(new Uint32Array(data.buffer)).size;
        });""")
    assert min(inked) >= 4 and inked[1] > 50


def test_nothing_shifts_while_it_loads(page):
    moved = page.execute_async_script("""
        const done = arguments[0];
        let sum = 0;
        new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; })
            .observe({ type: "layout-shift", buffered: true });
        setTimeout(() => done(sum), 500);""")
    assert moved < 0.01


def test_axe_finds_nothing(page, screen):
    """axe-core is no part of the project: `npm install axe-core` puts it where this looks."""
    places = [os.environ.get("AXE", ""), "node_modules/axe-core/axe.min.js"]
    axe = next((Path(place) for place in places if place and Path(place).is_file()), None)
    if axe is None:
        pytest.skip("axe-core is not installed: accessibility was not checked by it")
    for width, dark in ((360, False), (1280, True), (1280, False)):
        screen(width, 900, dark)
        page.execute_script("for (const d of document.querySelectorAll('details')) d.open = true")
        page.execute_cdp_cmd("Runtime.evaluate", {"expression": axe.read_text(encoding="utf-8")})
        found = page.execute_async_script(
            "axe.run().then((r) => arguments[0](r.violations.map((v) => "
            "[v.id, v.impact, v.nodes.map((n) => n.html.slice(0, 120))])));"
        )
        assert found == []


def test_a_browser_without_sound_shows_everything_else(page, address):
    """And says so."""
    script = "delete window.AudioContext; delete window.OfflineAudioContext;"
    added = page.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    try:
        page.get(address)
        assert "no WebAudio" in page.find_element("id", "message").text
        keys(page, "asd ")
        wait(page, "return song.length > 12")
    finally:
        page.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def test_a_model_of_windows_says_that_it_is_slower(corpus, browser, tmp_path):
    playground.write_page(tmp_path / "page.html", make_model(corpus.vocabulary, window=8))
    browser.get((tmp_path / "page.html").as_uri())
    assert "windows of 8 symbols" in browser.find_element("id", "message").text
    wait(browser, "return song.trace.length === song.length + 1")


def test_melody_and_report_of_other_cells(corpus, browser, tmp_path):
    for cell, quantities in (("gru", 4), ("rnn", 1)):
        playground.write_page(tmp_path / "page.html", make_model(corpus.vocabulary, cell))
        browser.get((tmp_path / "page.html").as_uri())
        assert len(browser.find_elements("css selector", "#quantities button")) == quantities
        for button in browser.find_elements("css selector", "#quantities button"):
            button.click()
        wait(browser, "return song.trace.length === song.length + 1")
        assert browser.get_log("browser") == []


def test_space_goes_on_after_a_slider_or_a_list_was_used(page):
    from selenium.webdriver.common.keys import Keys

    body = page.find_element("tag name", "body")
    slider = page.find_element("id", "temperature")
    slider.click()
    slider.send_keys(Keys.ARROW_RIGHT)
    slider.send_keys(" ")
    assert run(page, "return player.playing")
    slider.send_keys(" ")
    assert not run(page, "return player.playing")
    page.execute_script("""
        const list = document.getElementById("bars");
        list.focus();
        dispatchEvent(new PointerEvent("pointerdown"));
        list.value = "2";
        list.dispatchEvent(new Event("change", { bubbles: true }));""")
    body.send_keys(" ")
    assert run(page, "return player.playing")
    keys(page, " ")


def test_a_note_of_the_player_takes_over_from_the_network(page):
    run(page, "melody.settings.tempo = 400")
    before = run(page, "return song.length")
    keys(page, " ")
    wait(page, f"return player.place > {before} + 8")
    keys(page, "a")
    assert not run(page, "return player.playing")
    own = run(page, "return song.own")
    assert own[-1] and not own[before] and run(page, "return song.notes.at(-1).pitch") == 60


def test_a_gate_is_held_and_a_unit_silenced_by_their_controls(page):
    said = page.find_element("id", "clamp-text").text
    page.execute_script("""
        const list = document.getElementById("clamp-f");
        list.value = "0";
        list.dispatchEvent(new Event("change"));""")
    wait(page, "return document.getElementById('clamp-text').textContent.startsWith('Every unit forgets')")
    assert said.split()[-5:] != page.find_element("id", "clamp-text").text.split()[-5:]  # the surprise
    assert run(page, "return song.trace[9].f.every((value) => value === 0)")
    unit = run(page, "return melody.inside.unit")
    page.execute_script("document.getElementById('silence').click()")
    wait(page, f"return song.trace.length > 9 && song.trace[9].h[{unit}] === 0")
    assert f"Silenced: {unit}" in page.find_element("id", "silenced").text


def test_bytes_of_a_wav_file(page):
    data = page.execute_script("return Array.from(melody.wav(Float32Array.of(0, 0.5, -1, 2), 44100))")
    import wave

    with wave.open(io.BytesIO(bytes(data))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 44100)
        assert list(np.frombuffer(file.readframes(4), "<i2")) == [0, 16384, -32767, 32767]


def test_melodies_that_come_with_the_page_stand_first(corpus, browser, tmp_path):
    melodies = [
        Beginning("T = 1, the first", ["60", "_", "r", "_", "64", "_"], (3, 8), own=2),
        Beginning("the second", ["62", "_"], None),
    ]
    model = make_model(corpus.vocabulary)
    playground.write_page(tmp_path / "page.html", model, melodies=melodies, training=(300, 4000))
    browser.get((tmp_path / "page.html").as_uri())
    assert run(browser, "return [song.symbols, song.own.lastIndexOf(true), song.meter]") == [
        ["60", "_", "r", "_", "64", "_"], 1, [3, 8],
    ]  # fmt: skip
    assert browser.execute_script("return document.getElementById('meter').value") == "3/8"
    assert "step 300 of 4,000" in browser.title == browser.find_element("tag name", "h1").text
    browser.execute_script("""
        const list = document.getElementById("tune");
        list.value = "1";
        list.dispatchEvent(new Event("change", { bubbles: true }));""")
    assert run(browser, "return [song.symbols, song.meter]") == [["62", "_"], [4, 4]]
    assert browser.get_log("browser") == []
