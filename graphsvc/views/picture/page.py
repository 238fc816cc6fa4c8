"""One page with a picture and everything it needs, for a notebook cell or a file that is opened offline."""

from __future__ import annotations

import html
import json
from functools import lru_cache

from graphsvc.views.denials import denial
from graphsvc.views.picture.graph import DRAW, SCRIPT, draw, library
from graphsvc.views.picture.network import Picture
from graphsvc.views.sentences import size
from graphsvc.views.wording import belief, belief_told

_STYLE = """
:root{color-scheme:light dark}
body{margin:0;font:14px/1.4 system-ui,sans-serif;height:100vh;display:flex;flex-direction:column}
h1{font-size:16px;margin:8px 12px 0}p{margin:0 12px 6px;opacity:.75}
#canvas{flex:1;min-height:200px}
#mark{margin:0;padding:4px 12px;background:#a84300;color:#fff;font-weight:600;opacity:1}
details{max-height:45vh;overflow:auto;padding:4px 12px}table{border-collapse:collapse;font-size:13px}
th,td{text-align:left;padding:2px 10px 2px 0}div.vis-tooltip{position:absolute;visibility:hidden;padding:4px 8px;
background:#1b1f24;color:#fff;border-radius:4px;font-size:13px;pointer-events:none;max-width:320px}
"""
_START = """
const data = JSON.parse(document.getElementById("data").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
const theme = () => (dark.matches ? "dark" : "light");
const canvas = document.getElementById("canvas");
const picture = new NetworkPicture(canvas, data, theme());
document.body.style.background = data.palettes[theme()].ground;
dark.addEventListener("change", () => { picture.setTheme(theme()); document.body.style.background = picture.palette.ground; });
const mark = document.getElementById("mark")?.textContent;
if (mark) {
  // On the canvas itself, so that a picture taken of it is marked too.
  picture.network.on("afterDrawing", (paint) => {
    const { width, height } = paint.canvas;
    const size = Math.max(width / 60, 14);
    paint.save();
    paint.setTransform(1, 0, 0, 1, 0, 0);
    paint.fillStyle = picture.palette.denied;
    paint.font = `600 ${size}px system-ui, sans-serif`;
    paint.fillText(mark, size, height - size, width - 2 * size);
    paint.globalAlpha = 0.13;
    paint.translate(width / 2, height / 2);
    paint.rotate(-Math.atan2(height, width));
    paint.textAlign = "center";
    paint.font = `600 ${2 * size}px system-ui, sans-serif`;
    paint.fillText(mark, 0, 0, Math.hypot(width, height) * 0.85);
    paint.restore();
  });
  picture.network.redraw();
}
picture.network.once("afterDrawing", () => { document.body.dataset.ready = "yes"; });
"""
# The page may run its own scripts and load nothing at all, wherever it is opened.
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


def offline_page(view: Picture, title: str, mark: str = "") -> str:
    """Return a picture as an HTML page that loads nothing: title, picture, and its links as a table.

    An exported page has a `mark`, which is above and in the picture. All text of the case is escaped, or is in a JSON
    block that is never read as markup.
    """
    about = f"{size(len(view.nodes), len(view.edges))}. Intelligence, not evidence."
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"{_mark_paragraph(mark)}<h1>{html.escape(title)}</h1><p>{about}</p>"
        '<div id="canvas" role="img" aria-label="The network; its links are in the table below"></div>'
        f"{_table(view)}"
        f'<script type="application/json" id="data">{_embed(draw(view))}</script>'
        f"<script>{_inline_script(str(library() / SCRIPT))}</script><script>{_inline_script(str(DRAW))}</script>"
        f"<script>{_START}</script></body></html>"
    )


def _mark_paragraph(mark: str) -> str:
    return f'<p id="mark">{html.escape(mark)}</p>' if mark else ""


def _table(view: Picture) -> str:
    names = {node.id: node.name for node in view.nodes}
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td>{html.escape(text)}</td>"
            for text in (
                names[edge.subject],
                edge.says,
                names[edge.object],
                belief_told(edge.belief) if view.in_steps else belief(edge.belief),
                denial(edge.denying),
            )
        )
        + "</tr>"
        for edge in view.edges
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Who", "does what", "to whom", "Belief", "Against it"))
    return (
        f"<details><summary>The same as a table</summary><table><thead><tr>{head}</tr></thead>{rows}</table></details>"
    )


def _embed(data: object) -> str:
    """Return data as JSON that cannot end the script element around it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


@lru_cache(maxsize=4)
def _inline_script(path: str) -> str:
    """Return a script of an installed package, escaped so that it can be part of a page."""
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - cached by its path as text
        return file.read().replace("</script", "<\\/script")
