"""The dossier in a real browser: nothing missing, nothing loaded, nothing colliding.

The browser is Debian's Chromium without a window, driven over its own protocol (one web socket,
standard library only).
"""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import shutil
import socket
import struct
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from leucel.report import build_dossier

pytestmark = pytest.mark.browser

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser")) if p), None)
STARTUP_SECONDS = 60.0
ANSWER_SECONDS = 60.0
# Boxes of lettering include the room above and below the letters: a little overlap is no collision.
OVERLAP_SHARE = 0.2

COLLISIONS = """
(() => {
  const found = [];
  for (const svg of document.querySelectorAll('figure svg')) {
    if (!svg.getBoundingClientRect().width) continue;
    const boxes = [...svg.querySelectorAll('text')].map(
      t => [t.textContent, t.getBoundingClientRect()]);
    for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
      const [one, a] = boxes[i], [other, b] = boxes[j];
      const w = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (w <= 0 || h <= 0) continue;
      const small = Math.min(a.width * a.height, b.width * b.height);
      if (w * h > SHARE * small) found.push(one + ' | ' + other);
    }
  }
  return JSON.stringify(found);
})()
""".replace("SHARE", str(OVERLAP_SHARE))

OUTSIDE = """
JSON.stringify([...document.querySelectorAll('main *, header *, footer *')]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, svg'))
  .map(e => e.tagName + '.' + e.className))
"""

DEAD_LINKS = """
JSON.stringify([...document.querySelectorAll('a[href^="#"]')]
  .map(a => a.getAttribute('href'))
  .filter(h => !document.getElementById(decodeURIComponent(h.slice(1)))))
"""


class Browser:
    """One page of a headless Chromium, with what it logged and what it asked the network for."""

    def __init__(self, profile: Path) -> None:
        assert CHROMIUM is not None
        self.process = subprocess.Popen(
            [
                CHROMIUM,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--remote-debugging-port=0",
                f"--user-data-dir={profile}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port = self._port(profile / "DevToolsActivePort")
        self.socket = self._connect(port)
        self.sent = 0
        self.events: list[dict[str, Any]] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def _port(self, file: Path) -> int:
        end = time.monotonic() + STARTUP_SECONDS
        while time.monotonic() < end:
            if file.exists() and (text := file.read_text()).strip():
                return int(text.split()[0])
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.process.kill()
        self.process.wait()
        pytest.skip("Chromium is there but did not start")

    def _connect(self, port: int) -> socket.socket:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            pages = json.load(answer)
        address = next(p for p in pages if p["type"] == "page")["webSocketDebuggerUrl"]
        path = address.split(str(port), 1)[1]
        connection = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS)
        key = base64.b64encode(os.urandom(16)).decode()
        connection.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(1)
        return connection

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and wait for its answer; events on the way are kept."""
        self.sent += 1
        data = json.dumps({"id": self.sent, "method": method, "params": parameters}).encode()
        mask = os.urandom(4)
        size = len(data)
        if size < 126:
            head = struct.pack(">BB", 0x81, 0x80 | size)
        else:
            head = struct.pack(">BBH", 0x81, 0xFE, size)
        masked = bytes(byte ^ mask[k % 4] for k, byte in enumerate(data))
        self.socket.sendall(head + mask + masked)
        while True:
            message = self._receive()
            if message.get("id") == self.sent:
                assert "error" not in message, message["error"]
                return message["result"]
            self.events.append(message)

    def _receive(self) -> dict[str, Any]:
        data = b""
        while True:
            first, second = self._read(2)
            size = second & 0x7F
            if size == 126:
                (size,) = struct.unpack(">H", self._read(2))
            elif size == 127:
                (size,) = struct.unpack(">Q", self._read(8))
            data += self._read(size)
            if first & 0x80:
                return json.loads(data)

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            piece = self.socket.recv(size - len(data))
            assert piece, "the browser closed the connection"
            data += piece
        return data

    def open(self, path: Path, *, width: int, dark: bool = False) -> None:
        """Load a file at a width and wait until it is laid out."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=800,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.events.clear()
        self.call("Page.navigate", url=path.as_uri())
        end = time.monotonic() + ANSWER_SECONDS
        while self.value("document.readyState") != "complete" or not self.value(
            "location.protocol === 'file:'"
        ):
            assert time.monotonic() < end, "the page did not load"
            time.sleep(0.05)

    def value(self, expression: str) -> Any:
        """The value of an expression in the page."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return result["result"].get("value")

    def complaints(self) -> list[str]:
        """Everything that the page or the browser complained about since it was opened."""
        found = [
            str(event["params"])
            for event in self.events
            if event.get("method") == "Runtime.exceptionThrown"
        ]
        found += [
            event["params"]["entry"]["text"]
            for event in self.events
            if event.get("method") == "Log.entryAdded"
        ]
        return found + [
            str(event["params"]["args"])
            for event in self.events
            if event.get("method") == "Runtime.consoleAPICalled"
        ]

    def requests(self) -> list[str]:
        """Addresses that the page asked for since it was opened."""
        return [
            event["params"]["request"]["url"]
            for event in self.events
            if event.get("method") == "Network.requestWillBeSent"
        ]

    def close(self) -> None:
        """End the browser that this object started."""
        self.socket.close()
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dossier of a made-up run."""
    place = Path(__file__).parents[1] / "unit" / "report" / "conftest.py"
    spec = importlib.util.spec_from_file_location("made_up_run", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    path = tmp_path_factory.mktemp("dossier") / "dossier.html"
    path.write_text(build_dossier(module.make_input()).html, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    page = Browser(tmp_path_factory.mktemp("profile"))
    yield page
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_logged_and_nothing_is_requested(
    browser: Browser, document: Path, width: int
) -> None:
    browser.open(document, width=width)
    browser.value("window.scrollTo(0, document.body.scrollHeight)")
    time.sleep(0.3)
    browser.value("1")
    assert browser.complaints() == []
    outside = [url for url in browser.requests() if not url.startswith(("file:", "data:"))]
    assert outside == []
    assert browser.requests().count(document.as_uri()) == 1


@pytest.mark.parametrize("width", [1280, 820, 390])
def test_every_figure_is_seen_once(browser: Browser, document: Path, width: int) -> None:
    browser.open(document, width=width)
    shown = json.loads(
        browser.value(
            "JSON.stringify([...document.querySelectorAll('figure')].map(f => [f.id,"
            "[...f.querySelectorAll('svg')].filter(s => s.getBoundingClientRect().width > 200"
            " && s.getBoundingClientRect().height > 60).length]))"
        )
    )
    assert len(shown) == 17
    assert [name for name, count in shown if count != 1] == []


@pytest.mark.parametrize("width", [1280, 820, 390, 320])
def test_the_page_never_scrolls_sideways(browser: Browser, document: Path, width: int) -> None:
    browser.open(document, width=width)
    assert browser.value("document.documentElement.scrollWidth") <= width
    assert json.loads(browser.value(OUTSIDE)) == []


@pytest.mark.parametrize("width", [1280, 390])
def test_no_lettering_of_a_figure_collides(browser: Browser, document: Path, width: int) -> None:
    browser.open(document, width=width)
    assert json.loads(browser.value(COLLISIONS)) == []


def test_references_lead_to_their_place(browser: Browser, document: Path) -> None:
    browser.open(document, width=1280)
    assert json.loads(browser.value(DEAD_LINKS)) == []
    browser.value("document.querySelector('sup.ref a[href^=\"#ref-\"]').click()")
    assert browser.value("document.querySelector(':target').closest('#bibliography') !== null")


def test_the_sections_stay_at_hand(browser: Browser, document: Path) -> None:
    browser.open(document, width=390)
    browser.value("document.documentElement.style.scrollBehavior = 'auto'; scrollTo(0, 5000)")
    assert browser.value("document.querySelector('nav.top').getBoundingClientRect().top") == 0


def test_figures_follow_the_dark_mode(browser: Browser, document: Path) -> None:
    ask = (
        "JSON.stringify([getComputedStyle(document.body).backgroundColor,"
        "getComputedStyle(document.querySelector('#figure-pfs svg text')).fill])"
    )
    browser.open(document, width=1280)
    light = json.loads(browser.value(ask))
    browser.open(document, width=1280, dark=True)
    dark = json.loads(browser.value(ask))
    assert light[0] != dark[0]
    assert light[1] != dark[1]


def test_it_prints_on_light_paper_without_navigation(browser: Browser, document: Path) -> None:
    browser.open(document, width=1280, dark=True)
    dark = {"name": "prefers-color-scheme", "value": "dark"}
    browser.call("Emulation.setEmulatedMedia", media="print", features=[dark])
    assert browser.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.value("getComputedStyle(document.querySelector('nav.top')).display") == "none"
    printed = browser.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
    paper = base64.b64decode(printed["data"])
    browser.call("Emulation.setEmulatedMedia", media="")
    assert paper.startswith(b"%PDF")
    assert paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page/") >= 4
