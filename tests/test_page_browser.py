"""Pages in a browser: they open by themselves, answer the reader, and keep names as text."""

import shutil

import numpy as np
import pytest

import latcomp
from latcomp.page.comparison import page as write
from latcomp.scoring.views import Views
from tests.data import alike, names
from tests.test_page import HOSTILE

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)

QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update"
)

N, K = 120, 5

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        yield driver.chromium


@pytest.fixture(scope="module")
def browser(chromium):
    with chromium.launch(executable_path=CHROMIUM, args=QUIET.split()) as launched:
        yield launched


@pytest.fixture
def browser_without_webgl(chromium):
    more = [*QUIET.split(), "--disable-3d-apis"]
    with chromium.launch(executable_path=CHROMIUM, args=more) as launched:
        yield launched


@pytest.fixture(scope="module")
def spaces():
    """Ids, labels and vectors: items of the label `<b>moved</b>` lie elsewhere in the second."""
    a, b = alike(N, noise=0.05)
    b[90:] = np.random.default_rng(9).standard_normal(b[90:].shape)
    ids = [*HOSTILE, *names(N)[len(HOSTILE) :]]
    return a, b, ids, ["<b>moved</b>" if i >= 90 else "stayed" for i in range(N)]


@pytest.fixture(scope="module")
def file(spaces, tmp_path_factory):
    import h5py

    a, b, ids, labels = spaces
    folder = tmp_path_factory.mktemp("page")
    for name, vectors in (("a.h5", a), ("b.h5", b)):
        with h5py.File(folder / name, "w") as made:
            made["embeddings"] = vectors
            made.create_dataset("ids", data=ids, dtype=h5py.string_dtype())
            made.create_dataset("labels", data=labels, dtype=h5py.string_dtype())
    views = Views()
    report = latcomp.compare(
        folder / "a.h5", folder / "b.h5", anchors=30, seeds=2, k=K, extras=[views]
    )
    path = folder / "report.html"
    path.write_text(write(report, views.picture), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def wide(browser, file):
    """A page 1280 pixels wide, opened once; every test begins with `Show everything`."""
    with opened(browser, file, 1280, "light") as page:
        yield page


@pytest.fixture
def page(wide):
    wide.keyboard.press("Escape")
    wide.select_option("#colour", "0")
    return wide


class opened:  # noqa: N801 (used like a function)
    """A page, and everything it said and asked for while it was open."""

    def __init__(self, browser, file, width, scheme):
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme
        )
        self.page = self.context.new_page()
        self.page.faults, self.page.asked = [], []
        self.page.on("console", lambda m: m.type == "error" and self.page.faults.append(m.text))
        self.page.on("pageerror", lambda error: self.page.faults.append(str(error)))
        self.page.on("dialog", lambda box: self.page.faults.append(box.message) or box.dismiss())
        self.page.on("request", lambda request: self.page.asked.append(request.url))
        self.page.goto(file.as_uri())
        self.page.wait_for_selector("html[data-ready]")

    def __enter__(self):
        return self.page

    def __exit__(self, *_):
        self.context.close()


def spot(page, item, space=0):
    """Where an item is on the screen."""
    return page.evaluate(
        """([item, space]) => {
            const plot = plots[space];
            plot.scrollIntoView({ block: "center" });
            const box = plot.querySelector(".nsewdrag").getBoundingClientRect();
            const { xaxis, yaxis } = plot.layout;
            const part = (range, value) => (value - range[0]) / (range[1] - range[0]);
            const [x, y] = [0, 1].map((axis) => items.axes[space][2 * item + axis]);
            return [box.left + part(xaxis.range, x) * box.width,
                    box.bottom - part(yaxis.range, y) * box.height];
        }""",
        [item, space],
    )


def near(x, item):
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    return [i for i in np.argsort(-(unit @ unit[item])) if i != item][:K]


def lonely(page):
    """An item that no other lies upon, so that pointing at it is plain."""
    return page.evaluate(
        """() => {
            const [x, y] = [0, 1].map((axis) => items.axes[0].filter((_, at) => at % 2 === axis));
            const gap = (i) => Math.min(...x.keys().filter((j) => j !== i)
                .map((j) => Math.hypot(x[i] - x[j], y[i] - y[j])));
            return [...x.keys()].reduce((best, i) => (gap(i) > gap(best) ? i : best), 0);
        }"""
    )


@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "light"), (390, "dark"), (1280, "dark"), (1280, "light")]
)
def test_a_page_opens_without_a_fault_or_a_request_and_is_no_wider_than_the_screen(
    browser, file, width, scheme
):
    with opened(browser, file, width, scheme) as page:
        assert page.faults == []
        assert page.asked == [file.as_uri()]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("plots.length") == 2


def test_pointing_at_an_item_shows_its_neighbours_kept_lost_and_gained(page, spaces):
    a, b, ids, labels = spaces
    item = lonely(page)
    page.mouse.move(*spot(page, item))
    page.wait_for_function("document.getElementById('item-name').textContent != 'No item chosen'")
    assert page.text_content("#item-name") == ids[item]
    assert page.text_content("#tip") == f"{ids[item]}\n{labels[item]}"
    before, after = near(a, item), near(b, item)
    for space, mine, other, gone in (("a", before, after, "lost"), ("b", after, before, "gained")):
        lines = page.query_selector_all(f"#near-{space} li")
        expected = [(ids[i], "kept" if i in other else gone) for i in mine]
        shown = [
            (line.query_selector("button").text_content(), line.get_attribute("class"))
            for line in lines
        ]
        assert shown == expected
    marks = page.evaluate("plots[1].layout.shapes.length")
    assert marks == 1 + len({*before, *after})


def test_without_webgl_every_point_is_drawn_and_answers(browser_without_webgl, file, spaces):
    with opened(browser_without_webgl, file, 1280, "light") as page:
        kinds = page.evaluate("plots.flatMap((plot) => plot.data.map((trace) => trace.type))")
        assert set(kinds) == {"scatter"}
        for space in ("a", "b"):
            assert page.locator(f"[data-plot=space-{space}] .scatterlayer .point").count() == N
        item = lonely(page)
        page.mouse.move(*spot(page, item))
        page.wait_for_function(
            "document.getElementById('item-name').textContent != 'No item chosen'"
        )
        assert page.text_content("#item-name") == spaces[2][item]
        assert page.faults == []


def test_circling_items_in_one_space_shows_them_in_the_other(page):
    page.check("input[name=drag][value=lasso]")
    x, y = spot(page, lonely(page))
    page.mouse.move(x - 12, y - 12)
    page.mouse.down()
    for dx, dy in ((12, -12), (12, 12), (-12, 12), (-12, -12)):
        page.mouse.move(x + dx, y + dy)
    page.mouse.up()
    page.wait_for_function("state.chosen !== null")
    item = lonely(page)
    for space in (0, 1):
        assert page.evaluate(f"plots[{space}].data[0].selectedpoints") == [item]
    assert "1 circled items" in page.text_content("#chosen")


def test_a_zoom_holds_for_both_spaces_and_outlives_a_change_of_colours(page):
    page.check("input[name=drag][value=zoom]")
    x, y = spot(page, lonely(page))
    page.mouse.move(x - 60, y - 60)
    page.mouse.down()
    page.mouse.move(x + 60, y + 60, steps=4)
    page.mouse.up()
    page.wait_for_function("plots[1].layout.xaxis.range[0] > bounds(0)[0] + 0.1")
    before = page.evaluate("plots.map((plot) => plot.layout.xaxis.range)")
    page.select_option("#colour", label="label")
    after = page.evaluate("plots.map((plot) => plot.layout.xaxis.range)")
    assert before[0] == pytest.approx(before[1])
    assert after == before
    page.click("#clear")
    assert page.evaluate("plots[1].layout.xaxis.range[0] == bounds(0)[0]")


def test_search_finds_ids_and_leads_to_the_item(page):
    page.fill("#search", "ITEM-09")
    assert page.text_content("#found") == "10 items of 120 match"
    assert page.query_selector("#results button").text_content() == "item-090"
    page.press("#search", "Enter")
    assert page.text_content("#item-name") == "item-090"


def test_a_label_leaves_its_items_only(page):
    page.select_option("#label", label="<b>moved</b>")
    assert page.evaluate("plots[1].data[0].selectedpoints") == list(range(90, 120))
    assert "30 items with label <b>moved</b>" in page.text_content("#chosen")
    listed = page.eval_on_selector_all("#most-list button", "all => all.map(e => e.textContent)")
    assert listed
    assert {int(name.removeprefix("item-")) for name in listed} <= set(range(90, 120))


def test_labels_and_items_that_moved_stand_first(page):
    assert page.text_content("#labels tbody th") == "<b>moved</b>"
    most = page.eval_on_selector_all("#most-list button", "all => all.map(e => e.textContent)")
    assert sum(name.removeprefix("item-") >= "090" for name in most) > 10


def test_the_keyboard_reaches_items_without_a_pointer(page):
    page.focus("#label")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "next":
            break
    page.keyboard.press("Enter")
    first = page.text_content("#item-name")
    page.keyboard.press("Enter")
    assert page.text_content("#item-name") != first != "No item chosen"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Escape")
    assert page.text_content("#item-name") == "No item chosen"


def test_hostile_names_stay_text(page):
    for text in HOSTILE[:2]:
        page.fill("#search", text)
        page.press("#search", "Enter")
        assert page.text_content("#item-name") == text
    assert page.evaluate("document.querySelectorAll('img, main b, main i').length") == 0
    assert page.faults == []
