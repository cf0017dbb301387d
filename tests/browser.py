# SPDX-License-Identifier: GPL-3.0-or-later
"""A page in Chromium, by its driver: does it fit, is it quiet, can it be read?"""

import base64
import json
import os
import re
import shutil
import subprocess
import time
import urllib.request

WIDTHS = 360, 1600
OPTIONS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
# Of each element with text of its own: the contrast of its colour to the background (WCAG 2, 1.4.3).
CONTRAST = """
const light = c => { const v = c.map(x => { x /= 255; return x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };
const parse = text => text.match(/[0-9.]+/g).map(Number);
const back = parse(getComputedStyle(document.body).backgroundColor);
const low = [];
document.querySelectorAll("body *").forEach(e => {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || ["SCRIPT", "STYLE", "title"].includes(e.tagName))
        return;
    const style = getComputedStyle(e), front = parse(e instanceof SVGElement ? style.fill : style.color);
    const a = light(front.slice(0, 3)), b = light(back.slice(0, 3));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.push(e.tagName + " " + e.textContent.slice(0, 30) + " " + ratio.toFixed(2));
});
return low.slice(0, 10);
"""
SORT = """
const table = [...document.querySelectorAll("table")].find(t => t.tBodies[0].rows.length > 2);
const heads = [...table.tHead.rows[0].cells];
const at = heads.findIndex(h => h.textContent.trim() === "To server");
const i = at < 0 ? heads.findIndex(h => h.textContent.trim() === "Data" || h.textContent.trim() === "Frame") : at;
const values = () => [...table.tBodies[0].rows].map(r => Number(r.cells[i].dataset.v));
heads[i].querySelector("button").click();
const up = values(), sort = heads[i].getAttribute("aria-sort");
heads[i].querySelector("button").click();
return [up, values(), sort, heads[i].getAttribute("aria-sort")];
"""


def why_not(where):
    """A browser that does not start on this machine is none."""
    for tool in "chromedriver", "chromium":
        if not shutil.which(tool):
            return "no " + tool
    try:
        Driver(where).stop()
    except (OSError, ValueError, TypeError) as reason:
        return "chromium does not start: %s" % str(reason).replace("\n", " ")
    return None


class Driver:
    def __init__(self, where):
        env = dict(os.environ, HOME=where, XDG_CONFIG_HOME=where, XDG_CACHE_HOME=where)
        self.process = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True, env=env)
        port = None
        for line in self.process.stdout:
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                port = found[1]
                break
        self.base = "http://127.0.0.1:%s" % port
        wanted = {"browserName": "chrome", "goog:loggingPrefs": {"browser": "ALL"},
                  "goog:chromeOptions": {"args": OPTIONS, "binary": shutil.which("chromium")}}
        try:
            self.base += "/session/" + self.ask("/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
        except OSError:
            self.process.terminate()
            self.process.wait()
            raise

    def ask(self, path, body=None, method=None):
        request = urllib.request.Request(self.base + path, None if body is None else json.dumps(body).encode(),
                                         {"Content-Type": "application/json"}, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=120) as answer:
            return json.load(answer)["value"]

    def run(self, script):
        return self.ask("/execute/sync", {"script": script, "args": []})

    def tell(self, command, **parameters):
        return self.ask("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def stop(self):
        try:
            self.ask("", method="DELETE")
        finally:
            self.process.terminate()
            self.process.wait()


def look_at(path, where):
    """(what is looked at, what is wrong)"""
    driver = Driver(where)
    try:
        yield from look(driver, "file://" + os.path.abspath(path))
    finally:
        driver.stop()


def look(driver, url):
    colours = set()
    for scheme in "light", "dark":
        driver.tell("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        for width in WIDTHS:
            driver.tell("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
            driver.ask("/url", {"url": url})
            time.sleep(0.2)
            name = "%s, %d px: " % (scheme, width)
            wide = driver.run("return [document.documentElement.scrollWidth, innerWidth]")
            yield name + "nothing is too wide", [] if wide[0] <= wide[1] == width else [wide]
        low = driver.run(CONTRAST)
        yield scheme + ": contrast", low
        colours.add(driver.run("return getComputedStyle(document.body).backgroundColor"))
        fetched = driver.run("return performance.getEntriesByType('resource').map(e => e.name)")
        yield scheme + ": nothing is fetched", fetched
    yield "light and dark differ", [] if len(colours) == 2 else list(colours)
    up, down, first, second = driver.run(SORT)
    yield "sorting", [] if up == sorted(up) and down == up[::-1] and len(set(up)) > 1 and (first, second) == (
        "ascending", "descending") else [up, down, first, second]
    pdf = base64.b64decode(driver.tell("Page.printToPDF", preferCSSPageSize=True)["data"])
    boxes = set(re.findall(rb"/MediaBox ?\[([^\]]*)\]", pdf))
    yield "print: A4", [] if boxes and all([round(float(x)) for x in box.split()[2:]] == [595, 842] for box in boxes) else [boxes]
    yield "the console is quiet", [entry["message"] for entry in driver.ask("/se/log", {"type": "browser"})]
