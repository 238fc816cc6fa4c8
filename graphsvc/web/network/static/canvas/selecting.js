// Selecting several nodes (with Ctrl, with a box or a lasso, by inverting the selection), and arranging them.
const APART = 24;
// Filters by figures that are not known of links inside a folded group.
const FIGURES = ["least", "recorded", "source_grade", "assessment"];

// Return the links that a line draws.
const behind = ({ from, relation, to, bundle, rest }) => [...(bundle ?? [[from, relation, to]]), ...(rest ?? [])];

export class Selecting {
  constructor(canvas, picture) {
    this.canvas = canvas;
    this.picture = picture;
    this.container = picture.container;
    this.on = false;
    this.line = null;
    this.paper = document.createElement("canvas");
    this.paper.className = "lasso";
    this.paper.hidden = true;
    this.container.parentElement.append(this.paper);
    // Handled before vis-network, which would move the view.
    this.container.addEventListener("pointerdown", (event) => this.begin(event), { capture: true });
    picture.network.on("dragEnd", ({ nodes }) => nodes.length && this.dropped(nodes));
  }

  get nodes() {
    return this.picture.network.getSelectedNodes();
  }

  toggle() {
    this.on = !this.on;
    this.container.classList.toggle("lassoing", this.on);
    return this.on;
  }

  begin(event) {
    if (event.button || !(this.on || event.shiftKey)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const box = this.container.getBoundingClientRect();
    Object.assign(this.paper, { width: box.width, height: box.height, hidden: false });
    const [left, top] = [event.clientX - box.x, event.clientY - box.y];
    this.line = [[left, top]];
    const move = (at) => {
      const [x, y] = [at.clientX - box.x, at.clientY - box.y];
      // prettier-ignore
      if (this.on) this.line.push([x, y]);
      else
        this.line = [
          [left, top],
          [x, top],
          [x, y],
          [left, y],
        ];
      this.draw();
    };
    const end = () => {
      removeEventListener("pointermove", move);
      this.paper.hidden = true;
      this.caught(event.ctrlKey || event.metaKey);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end, { once: true });
  }

  draw() {
    const paint = this.paper.getContext("2d");
    paint.clearRect(0, 0, this.paper.width, this.paper.height);
    paint.strokeStyle = this.picture.palette.chosen;
    paint.setLineDash([5, 4]);
    paint.beginPath();
    for (const [x, y] of this.line) paint.lineTo(x, y);
    paint.closePath();
    paint.stroke();
  }

  caught(more) {
    const { network, data } = this.picture;
    const inside = data.nodes.filter((node) => {
      const { x, y } = network.canvasToDOM({ x: node.x, y: node.y });
      return !this.picture.look.gone(node) && within(this.line, x, y);
    });
    const old = more ? this.nodes : [];
    this.canvas.select([...new Set([...old, ...inside.map((node) => node.id)])]);
  }

  all() {
    this.canvas.select(this.shown().map((node) => node.id));
  }

  invert() {
    const chosen = new Set(this.nodes);
    this.canvas.select(
      this.shown()
        .filter((node) => !chosen.has(node.id))
        .map((node) => node.id),
    );
  }

  shown() {
    return this.picture.data.nodes.filter((node) => !this.picture.look.gone(node) && !this.picture.look.faint(node));
  }

  // Return all links of the picture as [subject, relation, object], including links drawn as one line or folded away.
  every() {
    const { nodes, edges } = this.picture.data;
    return [...edges.flatMap(behind), ...nodes.flatMap((node) => node.among ?? [])];
  }

  // Return the links that pass the filters. Links drawn as one line pass together, except by relation, which is known
  // of each. Only the relation is known of links folded away, so any other filter removes them.
  links() {
    const { params, look } = this.canvas;
    const { gone, faint } = this.picture.look;
    const passes = look.passing(params);
    const lines = this.picture.data.edges
      .filter((edge) => !gone(edge) && !faint(edge))
      .flatMap((edge) => behind(edge).filter(([, relation]) => passes({ ...edge, relation })));
    const more = ["from", "to", ...(params.get("fade") ? FIGURES : [])].some((name) => params.get(name));
    const within = ({ id, among }) =>
      (among ?? []).filter(([, relation]) => passes({ from: id, to: id, relation, belief: 0 }));
    return [...lines, ...(more ? [] : this.shown().flatMap(within))];
  }

  // vis-network has already moved the nodes; pinned ones return to their places.
  dropped(ids) {
    const pinned = new Set(this.canvas.state().pinned);
    const at = this.picture.network.getPositions(ids);
    const places = {};
    for (const node of this.picture.data.nodes) {
      if (ids.includes(node.id))
        places[node.id] = pinned.has(node.id) ? [node.x, node.y] : [at[node.id].x, at[node.id].y];
    }
    const moved = ids.filter((id) => !pinned.has(id));
    this.picture.move(places);
    if (moved.length)
      this.canvas.arranged(moved.length === 1 ? `moved ${this.canvas.name(moved[0])}` : `moved ${moved.length}`);
    else this.canvas.say("Pinned: unpin to move.");
  }

  // In one row or one column, or with even spaces between.
  align(how) {
    const pinned = new Set(this.canvas.state().pinned);
    const chosen = this.picture.data.nodes.filter((node) => this.nodes.includes(node.id) && !pinned.has(node.id));
    if (chosen.length < 2) return;
    const axis = how === "column" ? "y" : "x";
    const other = axis === "x" ? "y" : "x";
    const line = chosen.reduce((sum, node) => sum + node[other], 0) / chosen.length;
    const order = [...chosen].sort((a, b) => a[axis] - b[axis]);
    const [first, last] = [order[0][axis], order.at(-1)[axis]];
    const least = 2 * Math.max(...order.map((node) => node.size)) + APART;
    const gap = Math.max((last - first) / (order.length - 1), least);
    const start = (first + last - gap * (order.length - 1)) / 2;
    const places = {};
    for (const [turn, node] of order.entries()) {
      places[node.id] = axis === "x" ? [start + turn * gap, line] : [line, start + turn * gap];
    }
    this.picture.move(places);
    this.canvas.arranged(`put ${order.length} in a ${how}`);
  }

  // Move the selected nodes together by keys.
  nudge(dx, dy) {
    const pinned = new Set(this.canvas.state().pinned);
    const scale = this.picture.network.getScale();
    const places = {};
    for (const node of this.picture.data.nodes) {
      if (this.nodes.includes(node.id) && !pinned.has(node.id))
        places[node.id] = [node.x + (dx * APART) / scale, node.y + (dy * APART) / scale];
    }
    const count = Object.keys(places).length;
    if (!count) return;
    this.picture.move(places);
    this.canvas.arranged(`moved ${count}`);
  }
}

// Whether a point lies inside a closed line (even-odd rule).
export function within(line, x, y) {
  let inside = false;
  for (let at = 0, before = line.length - 1; at < line.length; before = at++) {
    const [ax, ay] = line[at];
    const [bx, by] = line[before];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
