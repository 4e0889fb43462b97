"""A real JupyterLab and a real browser."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
MINUTES = 60_000  # in the milliseconds that the browser counts

# Run by every kernel before the first cell: an attempt to reach another machine becomes a cell's error.
OFFLINE = """
import sys

def _stay_here(event, args):
    if event == "socket.connect" and isinstance(args[1], tuple) and args[1][0] not in ("127.0.0.1", "::1"):
        raise RuntimeError(f"a notebook asked for {args[1]}")

sys.addaudithook(_stay_here)
"""
CURRENT = "window.jupyterapp.shell.currentWidget"
READY = f"() => {CURRENT}?.sessionContext?.session?.kernel?.status === 'idle'"
# From the notebook's model, because cells off the screen are not drawn.
CELLS = f"""() => {CURRENT}.content.widgets
    .filter(cell => cell.model.type === 'code' && cell.model.sharedModel.getSource().trim())
    .map(cell => ({{
        count: cell.model.executionCount,
        state: cell.model.executionState,
        source: cell.model.sharedModel.getSource(),
        outputs: cell.model.outputs.toJSON(),
    }}))"""
DONE = f"""() => {{
    const cells = ({CELLS})();
    const settled = cells.every(cell => cell.count !== null && cell.state !== 'running');
    const failed = cells.some(cell => cell.outputs.some(output => output.output_type === 'error'));
    return (settled || failed) && ({READY})();
}}"""


@dataclass
class Lab:
    """A running JupyterLab server and the folder it serves."""

    url: str
    token: str
    folder: Path


@dataclass
class Heard:
    """What a page asked for and complained about."""

    requested: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("request", lambda request: self.requested.append(request.url))
        page.on("requestfailed", lambda request: self.failed.append(f"{request.url} {request.failure}"))
        page.on("response", lambda r: self.failed.append(f"{r.url} {r.status}") if r.status >= 400 else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)

    def check(self, lab: Lab) -> None:
        """Nothing was asked of another machine, nothing failed, nothing was complained of."""
        assert [url for url in self.requested if not url.startswith((lab.url, "data:", "blob:"))] == []
        assert self.failed == []
        assert self.complaints == []


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One server for the session, as `make lab` starts it, on copies of the notebooks."""
    home = tmp_path_factory.mktemp("lab")
    (home / "notebooks").mkdir()
    for path in (ROOT / "notebooks").glob("*.*"):
        shutil.copy2(path, home / "notebooks")
    startup = home / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00_offline.py").write_text(OFFLINE, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Lab(f"http://127.0.0.1:{port}", secrets.token_hex(16), home / "notebooks")
    with open(home / "lab.log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(_command(server, port), env=_environment(home), stdout=log, stderr=log)
        try:
            _await(server, process, home / "lab.log")
            yield server
        finally:
            process.terminate()
            process.wait(30)


def _command(lab: Lab, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
        *(f"--ServerApp.root_dir={lab.folder}", f"--IdentityProvider.token={lab.token}"),
        "--LabApp.expose_app_in_browser=True",
    ]


def _environment(home: Path) -> dict[str, str]:
    places = {
        "IPYTHONDIR": "ipython",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "run",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "spaces",
        "MPLCONFIGDIR": "matplotlib",
        "TIFA_CACHE": "cache",
        "TIFA_FIGURES": "figures",
    }
    own = ("CORPUS", "TIFA_LANG", "MPLBACKEND")
    inherited = {name: value for name, value in os.environ.items() if name not in own}
    return inherited | {name: str(home / place) for name, place in places.items()}


def _await(lab: Lab, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{lab.url}/api/status?token={lab.token}", timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text('utf-8')}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.fail("No chromium on the PATH; install it (apt-get install chromium) or name it in CHROMIUM.")
    options = ["--disable-dev-shm-usage", "--disable-quic"]
    options += ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=options)
        yield opened
        opened.close()


def run_all(page: Page, lab: Lab, name: str) -> list[dict]:
    """Open a notebook, run all its cells, save it; return its code cells."""
    # A workspace of its own and `reset`: no tab is left over from the notebook before.
    page.goto(f"{lab.url}/lab/workspaces/{secrets.token_hex(4)}/tree/{name}?reset&token={lab.token}")
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=2 * MINUTES)
    page.locator(".jp-NotebookPanel:visible").wait_for(timeout=2 * MINUTES)
    page.wait_for_function(READY, timeout=2 * MINUTES)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(DONE, timeout=5 * MINUTES)
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    return page.evaluate(CELLS)


@pytest.fixture
def visit(lab: Lab, browser: Browser) -> Iterator[Callable[..., tuple[Page, Heard, list[dict]]]]:
    """Run a notebook in a page of its own, of a given size: the page, what was heard, the code cells."""
    pages: list[Page] = []

    def visited(name: str, width: int = 1280, height: int = 3000) -> tuple[Page, Heard, list[dict]]:
        if (shipped := ROOT / "notebooks" / name).exists():  # as it comes: an earlier visit may have saved its outputs
            shutil.copy2(shipped, lab.folder)
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        page, heard = context.new_page(), Heard()
        pages.append(page)
        heard.listen(page)
        return page, heard, run_all(page, lab, name)

    yield visited
    for page in pages:
        page.evaluate(f"() => {CURRENT}.sessionContext.shutdown()")
        page.context.close()
