"""Draw the anchor service: the list that is green and the therapy that is late. Run from the root of the repository."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from sendneeds.kernel import streams
from sendneeds.kernel.random_streams import RandomStreams
from sendneeds.kernel.services.rules import Package, Rules
from sendneeds.kernel.services.simulate import serve
from sendneeds.kernel.slots import whole

WEEKS, DRAWS, KEY = 208, 1_000, ("anchor",)
STAFF = {"7 WTE": (7, 0), "9 WTE": (9, 0), "10 WTE": (10, 0), "9 WTE and initiative": (9, 20)}
COLOURS = ("#801650", "#12436D", "#28A197", "#F46A25")
PACKAGES = (Package(0.7, 7, 2), Package(0.25, 12, 17))
IN_CARE = 10.3  # children a week that 7 WTE have been taking on


def in_care():
    """Return the sessions that fall due for children in the service at the start, (17, 19)."""
    rows = []
    for package in PACKAGES:
        each = np.where(np.arange(17) < package.spacing, IN_CARE * package.share, 0.0)
        rows += [each] * package.sessions
    return whole(np.stack(rows, axis=1))


def run(wte, initiative, fence):
    """Return the path of one staffing and discipline; every run has the same luck."""
    rules = Rules(
        PACKAGES, first_units=2, advice_units=4, missed=0.08, leaving=0.004, ring_fenced_share=fence
    )
    came = streams.poisson(13.6, streams.uniforms(1, (*KEY, "came"), WEEKS, DRAWS))
    asked = streams.poisson(3.5, streams.uniforms(1, (*KEY, "asked"), WEEKS, DRAWS))
    besides = np.zeros((WEEKS, 1), int)
    besides[26:52] = initiative
    slots = whole(np.full((WEEKS, 1), wte * 18.0))
    opening = [np.diff(np.arange(32) * 420 // 31)]
    return serve(
        rules, came, slots, RandomStreams(1, KEY, DRAWS), opening, asked, due=in_care(), first_only=besides
    )


def main():
    """Write the chart, and print the table below it."""
    figure, panels = plt.subplots(1, 2, figsize=(10, 4.6), layout="constrained")
    for (name, (wte, initiative)), colour in zip(STAFF.items(), COLOURS, strict=True):
        for fence, style, words in ((0.0, "-", "follow-ups first"), (1.0, "--", "firsts ring-fenced")):
            path = run(wte, initiative, fence)
            years = np.arange(WEEKS + 1) / 52
            for panel, array in zip(panels, (path.waiting[0], path.overdue), strict=True):
                panel.plot(years, np.median(array, axis=1), style, color=colour, label=f"{name}, {words}")
            within = 1 - path.waiting_bands[5:, -1].sum(axis=0) / np.maximum(path.waiting[0, -1], 1)
            last = path.sessions[-52:].sum(axis=0)
            late = path.late_weeks[-52:].sum(axis=0) / np.maximum(last, 1)
            print(
                f"| {name}, {words} | {np.median(path.waiting[0, 52]):.0f} | {np.median(path.waiting[0, -1]):.0f} | "
                f"{np.median(within):.0%} | {np.median(path.overdue[52]):,.0f} | {np.median(path.overdue[-1]):,.0f} | "
                f"{np.median(late):.1f} |"
            )
    for panel, title in zip(
        panels, ("Children waiting for a first assessment", "Follow-up sessions past due"), strict=True
    ):
        panel.set_title(title, loc="left")
        panel.set_xlabel("years")
        panel.set_ylim(bottom=0)
        panel.spines[["top", "right"]].set_visible(False)
    panels[0].legend(frameon=False, fontsize=8)
    figure.suptitle("A ring-fence for firsts empties the list, and the shortage moves to therapy under way")
    figure.savefig(Path(__file__).with_name("services-anchor.png"), dpi=110)


if __name__ == "__main__":
    main()
