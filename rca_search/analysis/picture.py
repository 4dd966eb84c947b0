"""The reliability curve as a picture: what was said against what came true."""

from __future__ import annotations

import io
from collections.abc import Mapping

from rca_search.errors import InvalidRequestError


def require_matplotlib() -> None:
    """Raise InvalidRequestError, naming the extra, where there is nothing to draw with."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise InvalidRequestError(
            "Drawing the curve needs matplotlib, which is not installed.",
            remedy="pip install 'rca-search[bench]', or leave out --picture.",
        ) from error


def reliability_picture(curves: Mapping[str, Mapping[str, object]]) -> bytes:
    """Draw one curve for each of ``curves``, figures by name, as SVG; equal figures give equal bytes."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "rca-search"
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.0, 4.5), layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="0.6", linestyle="--", label="perfect")
    for name, found in curves.items():
        bins = found.get("bins")
        if isinstance(bins, list) and bins:
            label = f"{name}: error {found['error']:.3f}, chance alone {found['floor']:.3f}"
            axes.plot(
                [each["probability"] for each in bins], [each["share"] for each in bins], "o-", label=label
            )
    axes.set(xlabel="probability that was given", ylabel="share that came true", xlim=(0, 1), ylim=(0, 1))
    axes.legend(loc="upper left", fontsize="small")
    content = io.BytesIO()
    figure.savefig(content, format="svg", metadata={"Date": None, "Creator": None})
    return content.getvalue()
