"""The HTML report in a real browser: what is seen, what the keyboard reaches, and that nothing leaves the page."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from checker.formats.html import render
from checker.model import Report
from tests.formats.reports import a_report, believable, hostile, large

pytestmark = pytest.mark.needs("chromium", "chromedriver")

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
)
REQUEST = '"Network.requestWillBeSent"'
Show = Callable[[Report], webdriver.Chrome]


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    """One browser for all tests; it logs what its console and its network see."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture
def show(browser: webdriver.Chrome, tmp_path: Path) -> Show:
    """Opens a report in the browser."""

    def shown(report: Report) -> webdriver.Chrome:
        file = tmp_path / "report.html"
        file.write_text(render(report), encoding="utf-8")
        browser.get(file.as_uri())
        return browser

    return shown


@pytest.fixture
def page(show: Show) -> webdriver.Chrome:
    """The believable report."""
    return show(believable())


def rows(page: webdriver.Chrome, table: str) -> list[str]:
    """The text of the first two cells of each row that is shown."""
    script = "return [...document.querySelectorAll(`#${arguments[0]} tbody tr`)].map(r => r.cells[1].innerText.trim())"
    found = page.execute_script(script, table)
    assert isinstance(found, list)
    return found


def said(page: webdriver.Chrome, table: str) -> str:
    """What the table's live region tells."""
    return page.find_element(By.CSS_SELECTOR, f"[data-said={table}]").text


def type_into(page: webdriver.Chrome, table: str, text: str, until: str) -> None:
    """Search a table, and wait until its live region tells the outcome."""
    field = page.find_element(By.CSS_SELECTOR, f"[data-search={table}]")
    field.clear()
    field.send_keys(text)
    WebDriverWait(page, 5).until(lambda page: said(page, table) == until)


def emulate(page: webdriver.Chrome, *, scheme: str = "light", width: int = 1280) -> None:
    """A colour scheme and a width of the screen."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


@pytest.fixture(autouse=True)
def _plain(browser: webdriver.Chrome) -> Iterator[None]:
    """Every test leaves the browser as it found it."""
    yield
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize("report", [believable(), hostile(), a_report()], ids=["believable", "hostile", "empty"])
def test_nothing_goes_wrong_and_nothing_leaves_the_page(show: Show, report: Report) -> None:
    """The console stays silent, no script of a name runs, and the browser asks for one file."""
    show(report).get_log("performance")
    page = show(report)
    assert page.get_log("browser") == []
    asked = [
        re.search(r'"url":"(\w+):', entry["message"]) for entry in page.get_log("performance") if REQUEST in entry["message"]
    ]
    schemes = {found[1] for found in asked if found}
    assert "file" in schemes
    assert schemes <= {"file", "data"}
    assert page.find_elements(By.CSS_SELECTOR, "img, iframe, body script") == []


def test_the_table_filters_by_words_and_kinds(page: webdriver.Chrome) -> None:
    """All words must occur, anywhere in a row; a live region tells how many rows are shown."""
    assert said(page, "findings") == "Showing 8 of 8"
    type_into(page, "findings", "payments between", "Showing 1 of 1 (of 8)")
    assert rows(page, "findings") == ["broken-rotation"]
    type_into(page, "findings", "KEY-too-old", "Showing 2 of 2 (of 8)")
    page.find_element(By.CSS_SELECTOR, "[data-kind=findings][value=exempt]").click()
    assert said(page, "findings") == "Showing 1 of 1 (of 8)"
    type_into(page, "findings", "no such thing", "Showing 0 of 0 (of 8)")


def test_the_table_sorts_both_ways(page: webdriver.Chrome) -> None:
    """By number where there are numbers, and the heading tells the direction."""
    age = page.find_element(By.XPATH, "//table[@id='keys']//th[normalize-space()='Age']")
    age.find_element(By.TAG_NAME, "button").click()
    assert age.get_attribute("aria-sort") == "ascending"
    assert rows(page, "keys")[:2] == ["app-0", "app-1"]
    age.find_element(By.TAG_NAME, "button").click()
    assert age.get_attribute("aria-sort") == "descending"
    assert rows(page, "keys")[:3] == ["ci-legacy", "ci-deploy", "ci-old"]
    user = page.find_element(By.XPATH, "//table[@id='keys']//th[normalize-space()='User']")
    user.find_element(By.TAG_NAME, "button").click()
    assert (age.get_attribute("aria-sort"), user.get_attribute("aria-sort")) == (None, "ascending")
    assert rows(page, "keys")[0] == "<root_account>"


def test_the_keyboard_is_enough(page: webdriver.Chrome) -> None:
    """From the skip link to the search, a heading, and the first finding, with Tab and Enter alone."""
    body = page.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB)
    assert page.switch_to.active_element.text == "Skip to the findings"
    page.switch_to.active_element.send_keys(Keys.ENTER)
    reached = []
    for _ in range(14):
        page.switch_to.active_element.send_keys(Keys.TAB)
        reached.append(page.switch_to.active_element.tag_name)
        if reached[-1] == "summary":
            break
    assert reached == ["input"] * 6 + ["div"] + ["button"] * 5 + ["summary"]
    page.switch_to.active_element.send_keys(Keys.ENTER)
    first = page.find_element(By.CSS_SELECTOR, "#findings tbody tr")
    assert "What to do: Run keyturn rotate <root_account>." in first.text


def test_a_screen_reader_has_a_name_for_everything(page: webdriver.Chrome) -> None:
    """Controls, pictures, regions and tables have names, headings skip no level, and nothing jumps the order of the keys."""
    named = page.find_elements(By.CSS_SELECTOR, "input, button:not([hidden]), summary, svg[role], [role=region], section, table")
    assert len(named) > 40
    assert not [one.get_attribute("outerHTML")[:200] for one in named if one.is_displayed() and not one.accessible_name]
    levels = page.execute_script("return [...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert not page.find_elements(By.CSS_SELECTOR, "[tabindex]:not([tabindex='0']):not([tabindex='-1'])")
    assert page.find_element(By.CSS_SELECTOR, "html").get_attribute("lang") == "en"


def test_a_finding_opens_to_its_code(page: webdriver.Chrome) -> None:
    """Closed at first; open, it shows the lines with the one marked."""
    row = page.find_element(By.XPATH, "//table[@id='findings']//tr[contains(., 'slow-rotation')]")
    assert not row.find_element(By.TAG_NAME, "pre").is_displayed()
    row.find_element(By.TAG_NAME, "summary").click()
    assert row.find_element(By.TAG_NAME, "mark").text == '5resource "aws_iam_access_key" "runner" {'


def test_without_scripts_everything_is_there(browser: webdriver.Chrome, show: Show) -> None:
    """Where scripts are off, all rows stand in the page and the controls, which would do nothing, do not."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page = show(large(300))
        shown = page.find_elements(By.CSS_SELECTOR, "#keys tbody tr")
        assert len(shown) == 300
        assert shown[-1].is_displayed()
        assert not page.find_element(By.CSS_SELECTOR, "form").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_light_and_dark(page: webdriver.Chrome) -> None:
    """The page follows the reader's system; text and ground keep their distance."""
    script = "const s = getComputedStyle(document.body); return [s.backgroundColor, s.color]"
    emulate(page, scheme="light")
    assert page.execute_script(script) == ["rgb(255, 255, 255)", "rgb(26, 31, 38)"]
    emulate(page, scheme="dark")
    assert page.execute_script(script) == ["rgb(17, 21, 26)", "rgb(230, 233, 237)"]


@pytest.mark.parametrize("report", [believable(), hostile()], ids=["believable", "hostile"])
def test_a_narrow_screen_needs_no_sideways_scrolling(show: Show, report: Report) -> None:
    """Columns that do not fit stand below the others; only pictures and code scroll within themselves."""
    page = show(report)
    emulate(page, width=360)
    page.execute_script("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.execute_script("return document.documentElement.scrollWidth") == 360
    assert page.find_element(By.CSS_SELECTOR, "#findings .narrow").is_displayed()
    assert not page.find_element(By.CSS_SELECTOR, "#findings td.wide").is_displayed()


@pytest.mark.parametrize("medium", ["screen", "print"])
def test_where_columns_are_left_out_their_words_are_not(page: webdriver.Chrome, medium: str) -> None:
    """Each finding tells its rule and its subject, and where it stands in code, on a telephone and on paper."""
    emulate(page, width=360 if medium == "screen" else 800)
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": medium})
    said = [one.text for one in page.find_elements(By.CSS_SELECTOR, "#findings .narrow")]
    assert said[0] == "root-has-key · 111122223333/<root_account>/1"
    assert said[2] == "no-rotation · aws_iam_access_key.deploy · infra/payments/keys.tf:6"


def test_the_paper_shows_what_the_screen_hides(page: webdriver.Chrome) -> None:
    """Printing opens every finding, leaves out the controls, and afterwards the page is as before."""
    script = "return [...document.querySelectorAll('td details')].map(one => one.open)"
    assert page.execute_script("dispatchEvent(new Event('beforeprint'));" + script) == [True] * 8
    assert page.execute_script("dispatchEvent(new Event('afterprint'));" + script) == [False] * 8
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert not page.find_element(By.CSS_SELECTOR, "form").is_displayed()
        assert page.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    finally:
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_the_paper_says_that_it_shows_a_part(page: webdriver.Chrome) -> None:
    """Rows that a search or the length of a table leaves out are missed by nobody who holds the paper."""
    told = page.find_element(By.CSS_SELECTOR, "[data-said=findings]")
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not told.is_displayed()
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    page.find_element(By.CSS_SELECTOR, "[data-kind=findings][value=high]").click()
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert told.is_displayed()
    assert told.text == "Showing 4 of 4 (of 8)"
    assert not page.find_element(By.CSS_SELECTOR, "[data-search=findings]").is_displayed()


def test_the_picture_has_a_mark_for_each_key(page: webdriver.Chrome) -> None:
    """Eighteen keys, two of them right of the line; a mark tells its key."""
    place = "[m.getBoundingClientRect().x, m.classList.contains('over')]"
    boxes: list[Any] = page.execute_script(f"return [...document.querySelectorAll('.ages .mark')].map(m => {place})")
    line = page.execute_script("return document.querySelector('.ages .limit').getBoundingClientRect().x")
    assert len(boxes) == 18
    assert [x > line for x, over in boxes if over] == [True, True]
    title = page.find_element(By.CSS_SELECTOR, ".ages .mark.over title").get_attribute("textContent")
    assert title
    assert title.endswith("412 days old, limit 90 days (past the limit)")


def test_ten_thousand_keys_stay_usable(show: Show) -> None:
    """Only a hundred rows stand in each table; search, sorting and more rows work on all of them."""
    page = show(large(10_000))
    assert said(page, "keys") == "Showing 100 of 10,000"
    assert page.execute_script("return document.querySelectorAll('*').length") < 10_000
    type_into(page, "keys", "user-04321", "Showing 1 of 1 (of 10,000)")
    type_into(page, "keys", "user-0432", "Showing 10 of 10 (of 10,000)")
    type_into(page, "keys", " ", "Showing 100 of 10,000")
    page.find_element(By.CSS_SELECTOR, "[data-more=keys]").click()
    assert said(page, "keys") == "Showing 600 of 10,000"
    sort = (
        "const start = performance.now(); document.querySelectorAll('#keys th button')[5].click();"
        "document.body.offsetHeight; return performance.now() - start"
    )
    assert page.execute_script(sort) < 2000
