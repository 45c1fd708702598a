"""What every test may use: the repository, the reference folder, and two settings of hypothesis."""

import contextlib
import io
import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")  # no test may need a screen
for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")  # each core has a process of tests already

# few examples, the same in every run; `.ci/run` tries many more with `--hypothesis-profile=long`
settings.register_profile("sendneeds", deadline=None, derandomize=True, database=None, max_examples=25)
settings.register_profile("long", settings.get_profile("sendneeds"), max_examples=1000)
settings.load_profile("sendneeds")


def pytest_addoption(parser):
    parser.addoption(
        "--regenerate",
        action="store_true",
        help="write expected outputs anew, to be read as a diff before a commit",
    )


@pytest.fixture(autouse=True)
def no_figure_stays_open():
    """Close the figures of a test after it: those that pyplot holds add up over a run."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the repository."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def reference() -> Path:
    """Return the folder of releases and series that are not ours to ship; skip where it is not set."""
    folder = os.environ.get("SENDNEEDS_REFERENCE")
    if not folder:
        pytest.skip("SENDNEEDS_REFERENCE is not set: the folder with the releases as published")
    path = Path(folder)
    assert path.is_dir(), f"SENDNEEDS_REFERENCE is {folder!r}, which is not a folder"
    return path


@pytest.fixture(scope="session")
def bedford():
    """Return the shipped pack for Bedford."""
    from sendneeds.evidence.area import shipped

    return shipped("bedford")


@pytest.fixture(scope="session")
def need(bedford):
    """Return a projection of Bedford with few draws."""
    import sendneeds as sn

    return sn.project(bedford, to=2031, draws=300, seed=1)


@pytest.fixture(scope="session", autouse=True)
def _packs_are_read_only():
    """See that no test has changed the packs that all of them share."""
    yield
    from sendneeds.evidence.area import open_area, shipped

    if not shipped.cache_info().currsize:
        return
    for slug in ("bedford", "luton"):
        fresh, used = open_area(slug).tables, shipped(slug).tables
        assert list(fresh) == list(used), slug
        changed = [name for name in fresh if not fresh[name].equals(used[name])]
        assert not changed, f"a test changed {', '.join(changed)} of the shared {slug}"


@pytest.fixture(scope="session")
def result(bedford):
    """Return two options of Bedford's library, of which one is a part of the other, run with few draws."""
    import sendneeds as sn

    options = sn.library_scenarios(bedford, ["fill-slt-posts", "fill-slt-posts-and-initiative"])
    return sn.run(bedford, options, draws=100, seed=1, to=2031)


@pytest.fixture(scope="session")
def empty_charts():
    """A context that leaves figures empty, for words and tables alone: drawing is half of the work of a chapter."""
    import matplotlib.image
    import numpy as np

    from sendneeds.chapter.charts import artist

    dot = io.BytesIO()
    matplotlib.image.imsave(dot, np.zeros((1, 1, 3)), format="png")
    empty = '<svg viewBox="0 0 1 1" xmlns="http://www.w3.org/2000/svg"></svg>'
    figure = artist.Drawing(empty, empty, dot.getvalue())

    @contextlib.contextmanager
    def context():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(artist, "drawn", lambda draw: figure)
            patch.setattr(artist, "cores", lambda: 1)
            yield

    return context
