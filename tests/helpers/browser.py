"""A page in Chromium that a test presses keys in: over the browser's own debugging port."""

import json
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from websocket import create_connection

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27}
LONGEST = 120
"""Seconds after which a browser that hangs is given up."""
WAIT = """(async () => { for (let k = 0; k < 1000; k += 1) {
  if (%s) return true; await new Promise((done) => setTimeout(done, 50)); } return false; })()"""


class Browser:
    """An open page.

    Parameters
    ----------
    connection : websocket.WebSocket
    """

    def __init__(self, connection):
        self._connection, self._calls = connection, 0

    def call(self, method, **parameters):
        """A call of the DevTools protocol, and what it gives."""
        self._calls += 1
        self._connection.send(json.dumps({"id": self._calls, "method": method, "params": parameters}))
        while (said := json.loads(self._connection.recv())).get("id") != self._calls:
            pass
        return said["result"]

    def value(self, script):
        """What a script in the page comes to; a promise is waited for."""
        found = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def wait_for(self, condition):
        """Wait until a condition in the page holds."""
        assert self.value(WAIT % condition), f"never came true: {condition}"

    def press(self, key):
        """Press a key, as a hand would."""
        of_key = {"key": key, "code": key, "windowsVirtualKeyCode": KEYS[key]}
        text = {"text": "\r"} if key == "Enter" else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", **of_key, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **of_key)


@contextmanager
def opened_page(page, folder, width=1280):
    """A page in a browser of its own, with the given width in pixels; `folder` is for what the browser leaves."""
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--remote-allow-origins=*")
    command = [CHROMIUM, *options, f"--user-data-dir={folder}", f"--window-size={width},900", "about:blank"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    connection = None
    try:
        address = next(line.split()[-1] for line in process.stderr if line.startswith("DevTools listening on"))
        host = address.split("/")[2]
        with urlopen(f"http://{host}/json") as answer:
            tab = next(each for each in json.load(answer) if each["type"] == "page")
        connection = create_connection(tab["webSocketDebuggerUrl"], timeout=LONGEST)
        browser = Browser(connection)
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        browser.call("Emulation.setDeviceMetricsOverride", **size)
        browser.call("Page.navigate", url=Path(page).as_uri())
        browser.wait_for("document.readyState === 'complete' && location.protocol === 'file:'")
        yield browser
    finally:
        if connection:
            connection.close()
        process.kill()
        process.communicate()
