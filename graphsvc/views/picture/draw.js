// Paints a picture of the network with vis-network, from the data that views/picture/graph.py makes.
// Used by the network page and, put inside it, by the page that a notebook shows: so it knows nothing of either.
"use strict";

globalThis.NetworkPicture = class {
  // Pixels on the screen, whatever the zoom.
  static LABEL = 12;
  static MARGIN = 40;
  static SMALLEST = 4.5;
  static MOST_WORDS = 80;
  // Pixels of a line that says what it is unasked.
  static LONGEST_WORDED = 300;
  // From so many nodes a picture is large; so many labels it then has at most, and so many links are faint.
  static MOST_NODES = 160;
  static MOST_LABELS = 70;
  // In a picture of so few nodes every name is drawn where no other name or node is, if need be over a line.
  static FEW_NODES = 24;
  static CROWD = 600;
  static FAINT = 0.14;
  // How wide the line round an outlined group is.
  static BAND = 44;
  static FACE = "system-ui, sans-serif";
  // Where a name can stand beside its node: across, down.
  static SPOTS = [
    [0, 1],
    [0, -1],
    [1, 0],
    [-1, 0],
    [1, 1],
    [-1, 1],
    [1, -1],
    [-1, -1],
  ];

  // How wide a text is, in heights of its letters. Measuring takes long, so each text is measured once.
  static WIDTHS = new Map();
  static width(text) {
    if (!NetworkPicture.WIDTHS.has(text)) {
      const pen = document.createElement("canvas").getContext("2d");
      pen.font = `100px ${NetworkPicture.FACE}`;
      NetworkPicture.WIDTHS.set(text, pen.measureText(text).width / 100);
    }
    return NetworkPicture.WIDTHS.get(text);
  }

  // How a picture looks beyond what its data says: of a node the colour and radius (null: as it is), whether a node or link is
  // faint or gone, whether there are labels, and which groups of nodes are outlined.
  static PLAIN = {
    fill: () => null,
    radius: () => null,
    faint: () => false,
    gone: () => false,
    labels: true,
    outlined: [],
  };

  constructor(container, data, theme, covered = {}, arranged = {}) {
    this.container = container;
    this.theme = theme;
    // Pixels that something else lies over, at each side of the canvas.
    this.covered = { top: 0, right: 0, bottom: 0, left: 0, ...covered };
    // Layouts by forces are wider than high; on an upright screen they are turned on their side.
    this.upright = container.clientHeight > container.clientWidth * 1.15;
    // Where somebody put nodes: id → [x, y] as the server would say it. It goes before where the server puts them.
    this.arranged = arranged;
    this.look = NetworkPicture.PLAIN;
    this.pinned = new Set();
    this.nodes = new vis.DataSet();
    this.edges = new vis.DataSet();
    this.fill(data);
    const options = { ...data.options, ...this.paints(), autoResize: true, width: "100%", height: "100%" };
    this.relabel(this.fitting().scale);
    this.network = new vis.Network(container, { nodes: this.nodes, edges: this.edges }, options);
    this.fit();
    this.network.on("beforeDrawing", (context) => {
      this.coast(context);
      this.outlines(context);
      this.axis(context);
      this.rings(context);
    });
    this.network.on("afterDrawing", (context) => {
      this.heads(context);
      this.badges(context);
      this.labels(context);
    });
    // vis-network scales the view after it says so.
    this.network.on("resize", () => requestAnimationFrame(() => this.fit()));
    this.network.on("zoom", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.relabel(this.network.getScale()), 60);
    });
    this.printLight();
  }

  get palette() {
    return this.data.palettes[this.theme];
  }

  // -- data -------------------------------------------------------------------------------------------------

  fill({ ...data }) {
    data.nodes = data.nodes.map((node) => {
      const home = node.home ?? [node.x, node.y];
      const [x, y] = this.turned(this.arranged[node.id] ?? home, data.turns);
      return { ...node, home, x, y };
    });
    this.data = data;
    for (const edge of data.edges) {
      edge.id = [edge.from, edge.relation, edge.to].join("\u001f");
      const several = edge.bundle && edge.links > 1;
      const [says, number] = [data.says[edge.relation], edge.links];
      edge.says = several ? (edge.relation ? `${says} (${number})` : `${number} links`) : says;
      edge.title = `${edge.says}: belief ${data.beliefs[edge.belief] || edge.belief.toFixed(2)}${edge.denied ? `, ${edge.denied}` : ""}`;
    }
    const wanted = new Set(data.nodes.map((node) => node.id));
    const links = new Set(data.edges.map((edge) => edge.id));
    this.edges.remove(this.edges.getIds().filter((id) => !links.has(id)));
    this.nodes.remove(this.nodes.getIds().filter((id) => !wanted.has(id)));
    this.nodes.update(data.nodes.map((node) => this.dressNode(node)));
    this.edges.update(data.edges.map((edge) => this.dressEdge(edge)));
  }

  // A place as the server says it to one on this screen, and back.
  turned([x, y], turns = this.data.turns) {
    return this.upright && turns ? [y, x] : [x, y];
  }

  // Nodes were put elsewhere: id → [x, y] on this screen.
  move(places) {
    for (const node of this.data.nodes) {
      const place = places[node.id];
      if (!place) continue;
      [node.x, node.y] = place;
      this.arranged = { ...this.arranged, [node.id]: this.turned(place).map((value) => Math.round(value * 10) / 10) };
    }
    this.nodes.update(Object.entries(places).map(([id, [x, y]]) => ({ id, x, y })));
    this.relabel(this.network.getScale());
  }

  // Another look at the same data.
  dress(look) {
    this.look = look;
    this.nodes.update(this.data.nodes.map((node) => this.dressNode(node)));
    this.edges.update(this.data.edges.map((edge) => this.dressEdge(edge)));
    this.relabel(this.network.getScale());
  }

  // A new state of the picture: what is in both stays where it is.
  update(data) {
    this.fill(data);
    this.relabel(this.network.getScale());
  }

  // vis-network would give groups colours of its own.
  dressNode({ group, ...node }) {
    const ink = this.ink(group, this.look.fill(node));
    const faint = this.look.faint(node);
    const dressed = {
      ...node,
      // Names are painted by hand, beside their node where there is room. vis-network takes an empty label for no change.
      label: " ",
      color: ink.color,
      opacity: faint ? NetworkPicture.FAINT : 1,
      hidden: this.look.gone(node),
      shapeProperties: { borderDashes: group === "sealed" ? [3, 3] : false },
      size: this.look.radius(node) ?? node.size,
    };
    if (node.shape !== "custom") return dressed;
    return { ...dressed, ctxRenderer: (drawing) => this.thing(node, drawing) };
  }

  dressEdge(edge) {
    const crowded = this.data.edges.length > NetworkPicture.CROWD;
    const faint = this.look.faint(edge);
    const color = this.shade(edge);
    // Named, so that no figure stands before a comma: in a picture that goes out one could be taken for data of the case.
    const plain = edge.denied ? 1 : crowded ? 0.4 : 0.9;
    const dressed = {
      dashes: false,
      smooth: false,
      ...edge,
      // Heads are painted by hand, over the names: under one it could not be told who acts on whom.
      arrows: "",
      hidden: this.look.gone(edge),
      color: {
        color,
        highlight: color,
        hover: color,
        opacity: faint ? NetworkPicture.FAINT : plain,
      },
    };
    // A label takes vis-network longer than its line, an empty one too: only links that have said something have a font.
    if (this.edges.get(edge.id)?.font) dressed.font = this.wording(edge);
    return dressed;
  }

  // The colour of a link and of its head.
  shade(edge) {
    return this.palette[edge.denied ? "denied" : edge.family];
  }

  // How a link says what it is.
  wording(edge) {
    const palette = this.palette;
    return {
      color: edge.denied ? palette.denied : palette.quiet,
      strokeColor: palette.ground,
      strokeWidth: 4,
      align: "horizontal",
      face: NetworkPicture.FACE,
    };
  }

  ink(group, fill) {
    const palette = this.palette;
    const hue = fill ?? (group === "unidentified" ? palette.person : palette[group]);
    const filled = group !== "unidentified" && group !== "sealed";
    const background = filled ? hue : palette.ground;
    const chosen = { background, border: palette.chosen };
    return {
      color: {
        background,
        border: filled ? palette.ground : hue,
        highlight: chosen,
        hover: { background, border: hue },
      },
      text: group === "sealed" ? palette.quiet : palette.text,
    };
  }

  paints() {
    return { nodes: { ...this.data.options.nodes } };
  }

  // Paper is light: a dark picture would be unreadable there.
  printLight() {
    let screen = this.theme;
    addEventListener("beforeprint", () => {
      screen = this.theme;
      this.setTheme("light");
      this.network.redraw();
    });
    addEventListener("afterprint", () => this.setTheme(screen));
  }

  setTheme(theme) {
    this.theme = theme;
    this.network.setOptions(this.paints());
    this.update(this.data);
  }

  // -- what is painted by hand ------------------------------------------------------------------------------

  // A thing: a small rounded square with a letter.
  thing(node, { ctx, x, y, state, style }) {
    const half = this.nodes.get(node.id)?.size ?? node.size;
    return {
      drawNode: () => {
        ctx.save();
        if (this.look.faint(node)) ctx.globalAlpha = NetworkPicture.FAINT;
        ctx.beginPath();
        if (node.fold) {
          // A group: two rings, so that it is no gang and no thing; how many are in it stands inside.
          ctx.arc(x, y, half + 4, 0, 2 * Math.PI);
          ctx.lineWidth = 1.5;
          ctx.strokeStyle = style.color;
          ctx.stroke();
          ctx.beginPath();
          ctx.arc(x, y, half, 0, 2 * Math.PI);
        } else ctx.roundRect(x - half, y - half, 2 * half, 2 * half, half * 0.45);
        ctx.fillStyle = style.color;
        ctx.fill();
        ctx.lineWidth = state.selected ? 4 : style.borderWidth;
        ctx.strokeStyle = style.borderColor;
        ctx.stroke();
        ctx.fillStyle = this.palette.ground;
        ctx.font = `600 ${half * (node.fold ? 1.5 / Math.max(node.letter.length, 2) : 1.25)}px ${NetworkPicture.FACE}`;
        ctx.textAlign = "center";
        ctx.textBaseline = "middle";
        ctx.fillText(node.letter, x, y + half * 0.08);
        ctx.restore();
      },
      nodeDimensions: { width: 2 * half, height: 2 * half },
    };
  }

  // Where a node stands; undefined while a new state is being filled in.
  where(id) {
    return this.network.getPositions([id])[id];
  }

  // Under a picture on a map: its waters, what places are called, and from where to where crossings went.
  coast(ctx) {
    if (!this.data.landings) return;
    const scale = this.network.getScale();
    ctx.save();
    ctx.fillStyle = this.palette.sea;
    ctx.beginPath();
    for (const ring of this.data.coast) {
      ctx.moveTo(ring[0], ring[1]);
      for (let at = 2; at < ring.length; at += 2) ctx.lineTo(ring[at], ring[at + 1]);
      ctx.closePath();
    }
    ctx.fill("evenodd");
    ctx.strokeStyle = this.palette.quiet;
    // Dots: a dashed line is a link believed less than not.
    ctx.setLineDash([0, 6 / scale]);
    ctx.lineCap = "round";
    ctx.lineWidth = 2 / scale;
    ctx.globalAlpha = 0.7;
    for (const node of this.data.nodes) {
      const [from, to] = [this.where(node.id), this.data.landings?.[node.id]];
      if (!from || !to || this.look.gone(node) || this.look.faint(node)) continue;
      ctx.beginPath();
      ctx.moveTo(from.x, from.y);
      ctx.lineTo(to[0], to[1]);
      ctx.stroke();
    }
    ctx.restore();
    this.sites(ctx, scale);
  }

  sites(ctx, scale) {
    const size = 11 / scale;
    const taken = [];
    ctx.save();
    ctx.font = `italic ${size}px ${NetworkPicture.FACE}`;
    ctx.textBaseline = "middle";
    ctx.lineWidth = size / 3;
    ctx.lineJoin = "round";
    ctx.strokeStyle = this.palette.sea;
    ctx.fillStyle = this.palette.quiet;
    const gone = new Set(this.data.nodes.filter((node) => this.look.gone(node)).map(({ id }) => id));
    for (const [name, x, y, crossings] of this.data.sites) {
      // A place is on the map for a crossing that is: what a filter hides shows here neither.
      if (crossings.every((id) => gone.has(id))) continue;
      ctx.beginPath();
      ctx.arc(x, y, 2.5 / scale, 0, 2 * Math.PI);
      ctx.fill();
      const box = [x * scale, y * scale - 7, x * scale + 10 + name.length * 6, y * scale + 7];
      // A crossing that begins there says so itself.
      const said = this.data.nodes.some((node) => Math.hypot(node.x - x, node.y - y) * scale < 24);
      if (said || !this.clear(box, taken)) continue;
      taken.push(box);
      ctx.strokeText(name, x + 6 / scale, y);
      ctx.fillText(name, x + 6 / scale, y);
    }
    ctx.restore();
  }

  // A day as people write it, as far as it is known.
  static day(given) {
    const [year, month, date] = given.slice(0, 10).split("-");
    const named = month && "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ")[Number(month) - 1];
    return [date && Number(date), named, year].filter(Boolean).join(" ");
  }

  // Over a picture by day: an axis with the days of its crossings, each of which hangs from it.
  axis(ctx) {
    if (!this.data.by_day) return;
    const dated = this.data.nodes.filter((node) => node.kind === "crossing" && node.day && !this.look.gone(node));
    if (!dated.length) return;
    const scale = this.network.getScale();
    const size = 11 / scale;
    const top = Math.min(...this.data.nodes.map(({ y, size: high }) => y - high)) - 26 / scale;
    const places = dated.map((node) => [this.where(node.id), NetworkPicture.day(node.day)]).filter(([at]) => at);
    places.sort(([one], [other]) => one.x - other.x);
    ctx.save();
    ctx.strokeStyle = this.palette.quiet;
    ctx.fillStyle = this.palette.quiet;
    ctx.lineWidth = 1 / scale;
    ctx.font = `${size}px ${NetworkPicture.FACE}`;
    ctx.textAlign = "center";
    ctx.beginPath();
    ctx.moveTo(places[0][0].x - 40 / scale, top);
    ctx.lineTo(places.at(-1)[0].x + 40 / scale, top);
    ctx.stroke();
    let free = Number.NEGATIVE_INFINITY;
    let last = "";
    for (const [at, day] of places) {
      ctx.globalAlpha = 0.35;
      ctx.beginPath();
      ctx.moveTo(at.x, top - 4 / scale);
      ctx.lineTo(at.x, at.y);
      ctx.stroke();
      ctx.globalAlpha = 1;
      // Several crossings of a day have it said once.
      if (at.x < free || day === last) continue;
      last = day;
      ctx.fillText(day, at.x, top - 8 / scale);
      free = at.x + (day.length * 6.4 + 10) / scale;
    }
    ctx.restore();
  }

  // Round the nodes of each group: an area as a rubber band would lie.
  outlines(ctx) {
    const scale = this.network.getScale();
    const places = this.network.getPositions();
    ctx.save();
    ctx.lineJoin = "round";
    // Where areas lie over each other, both can be told.
    ctx.globalCompositeOperation = this.theme === "dark" ? "lighten" : "darken";
    ctx.lineWidth = NetworkPicture.BAND / scale;
    for (const { hue, members } of this.look.outlined) {
      const points = this.inGroup(members).map(({ id }) => places[id]);
      if (points.length < 2) continue;
      ctx.fillStyle = ctx.strokeStyle = `color-mix(in srgb, ${hue} 18%, ${this.palette.ground})`;
      ctx.beginPath();
      for (const { x, y } of NetworkPicture.band(points)) ctx.lineTo(x, y);
      ctx.closePath();
      // The wide line rounds the corners and keeps the edge away from the nodes.
      ctx.stroke();
      ctx.fill();
    }
    ctx.restore();
  }

  inGroup(members) {
    const ids = new Set(members);
    return this.data.nodes.filter((node) => ids.has(node.id) && !this.look.gone(node));
  }

  // The names of outlined groups, at a corner of each area where there is room. A group whose gang, workplace or crossing
  // is in the picture has its name there.
  captions(scale, taken) {
    return this.look.outlined.flatMap(({ key, name, members }) => {
      const nodes = this.inGroup(members);
      if (nodes.length < 2 || nodes.some(({ id }) => id === key)) return [];
      const half = [name.length * 3.4 + 3, 8];
      const away = (NetworkPicture.BAND / 2 + 10) / scale;
      const corners = NetworkPicture.band(nodes).flatMap(({ x, y }) => [-away, away].map((by) => ({ x, y: y + by })));
      const at = corners.find((corner) => this.clear(this.box(corner, scale, ...half), taken));
      if (!at) return [];
      const box = this.box(at, scale, ...half);
      taken.push(box);
      return [{ name, at, box }];
    });
  }

  // The corners of a rubber band round some points (Andrew's monotone chain).
  static band(points) {
    const order = [...points].sort((one, other) => one.x - other.x || one.y - other.y);
    const turn = (a, b, c) => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
    const half = (line) => {
      const corners = [];
      for (const point of line) {
        while (corners.length > 1 && turn(corners.at(-2), corners.at(-1), point) <= 0) corners.pop();
        corners.push(point);
      }
      return corners.slice(0, -1);
    };
    return [...half(order), ...half(order.reverse())];
  }

  // Where the picture starts: a ring around the node.
  rings(ctx) {
    const scale = this.network.getScale();
    ctx.save();
    // Chosen links keep their colour and width, which say what they are; a halo shows that they are chosen.
    const chosen = new Set(this.network.getSelectedEdges());
    ctx.lineWidth = 12 / scale;
    ctx.lineCap = "round";
    ctx.strokeStyle = this.palette.halo;
    for (const [id, ...ends] of chosen.size ? this.segments(1) : []) {
      if (!chosen.has(id)) continue;
      ctx.beginPath();
      ctx.moveTo(ends[0], ends[1]);
      ctx.lineTo(ends[2], ends[3]);
      ctx.stroke();
    }
    ctx.lineWidth = 2 / scale;
    ctx.strokeStyle = this.palette.text;
    for (const node of this.data.nodes) {
      if (!node.start || this.look.gone(node)) continue;
      const at = this.where(node.id);
      if (!at) continue;
      ctx.beginPath();
      ctx.arc(at.x, at.y, this.nodes.get(node.id).size + 5 / scale, 0, 2 * Math.PI);
      ctx.stroke();
    }
    // What is pinned: a pin's head and needle beside it.
    ctx.fillStyle = this.palette.text;
    for (const node of this.data.nodes) {
      const at = this.pinned.has(node.id) && !this.look.gone(node) ? this.where(node.id) : null;
      if (!at) continue;
      const [x, y] = [at.x - this.nodes.get(node.id).size - 5 / scale, at.y - this.nodes.get(node.id).size - 5 / scale];
      ctx.beginPath();
      ctx.arc(x, y, 3 / scale, 0, 2 * Math.PI);
      ctx.fill();
      ctx.beginPath();
      ctx.moveTo(x, y);
      ctx.lineTo(x + 6 / scale, y + 6 / scale);
      ctx.stroke();
    }
    ctx.restore();
  }

  // Where the head of a link has its tip, and which way it points; null where the link has none to be seen.
  head(edge, from, to, reach) {
    if (edge.arrows !== "to" || this.look.gone(edge)) return null;
    const via = edge.smooth ? this.via(edge, from, to) : [from.x, from.y];
    const [x, y] = [to.x - via[0], to.y - via[1]];
    const far = Math.hypot(x, y);
    if (!far) return null;
    return { x: to.x - (x / far) * reach, y: to.y - (y / far) * reach, angle: Math.atan2(y, x) };
  }

  heads(ctx) {
    const scale = this.network.getScale();
    const crowded = this.data.edges.length > NetworkPicture.CROWD;
    const places = this.network.getPositions();
    const ring = 6 / scale;
    ctx.save();
    ctx.lineJoin = "round";
    ctx.strokeStyle = this.palette.ground;
    for (const edge of this.data.edges) {
      const [from, to] = [places[edge.from], places[edge.to]];
      const node = this.nodes.get(edge.to);
      if (!from || !to || !node || node.hidden) continue;
      const tip = this.head(edge, from, to, node.size + (node.start ? ring : 0) + 1);
      if (!tip) continue;
      const long = Math.min((8 + edge.width) / scale, 26);
      ctx.globalAlpha = this.look.faint(edge) ? NetworkPicture.FAINT : 1;
      ctx.fillStyle = this.shade(edge);
      ctx.beginPath();
      ctx.moveTo(tip.x, tip.y);
      for (const turn of [-0.42, 0.42])
        ctx.lineTo(tip.x - long * Math.cos(tip.angle + turn), tip.y - long * Math.sin(tip.angle + turn));
      ctx.closePath();
      if (!crowded) {
        ctx.lineWidth = 2 / scale;
        ctx.stroke();
      }
      ctx.fill();
    }
    ctx.restore();
  }

  // How many neighbours of a node are not shown: small figures above it, where there is room.
  badges(ctx) {
    const scale = this.network.getScale();
    const size = 10 / scale;
    ctx.save();
    ctx.font = `${size}px ${NetworkPicture.FACE}`;
    ctx.textAlign = "left";
    ctx.textBaseline = "bottom";
    ctx.lineJoin = "round";
    ctx.lineWidth = size / 3;
    ctx.strokeStyle = this.palette.ground;
    ctx.fillStyle = this.palette.quiet;
    for (const node of this.counted) {
      const at = this.where(node.id);
      if (!at) continue;
      const [x, y] = [at.x + node.beside / scale, at.y - (node.beside * 0.5) / scale];
      const text = `+${node.more}`;
      ctx.strokeText(text, x, y);
      ctx.fillText(text, x, y);
    }
    ctx.restore();
  }

  // -- labels: as large on the screen at any zoom, none over another, and no name over a line -------------------

  relabel(scale) {
    const { data } = this;
    const crowded = data.nodes.length > NetworkPicture.MOST_NODES;
    const small = data.nodes.length <= NetworkPicture.FEW_NODES;
    const radius = (node) => Math.max(this.look.radius(node) ?? node.size, NetworkPicture.SMALLEST / scale);
    this.resize(scale, radius);
    const { labels, faint, gone } = this.look;
    const bare = (item) => !labels || faint(item) || gone(item);
    const chosen = new Set(this.network?.getSelectedNodes());
    // How far a node reaches on the screen, with the ring of a start.
    const reach = (node) => radius(node) * scale + (node.start ? 7 : 2);
    const taken = data.nodes
      .filter((node) => !gone(node))
      .map((node) => this.box(node, scale, reach(node), reach(node)));
    this.captioned = this.captions(scale, taken);
    const lines = this.segments(scale);
    const group = (node) => Number(node.kind === "gang" || Boolean(node.fold));
    const first = (node) => 4 * Number(chosen.has(node.id)) + 2 * Number(node.start) + group(node);
    const last = (node) => 2 * Number(node.kind === "thing") + Number(node.group === "sealed");
    const order = [...data.nodes].sort(
      (one, other) => first(other) - first(one) || last(one) - last(other) || other.links - one.links,
    );
    this.names = [];
    for (const node of order) {
      // These have a name even over a line: nobody should have to zoom to see where the picture begins.
      const must = node.start || group(node) || chosen.has(node.id);
      if (bare(node) || (crowded && !must && this.names.length >= NetworkPicture.MOST_LABELS)) continue;
      const size = NetworkPicture.LABEL + (node.start ? 2 : 0);
      const half = [(NetworkPicture.width(node.label) * size) / 2 + 3, size * 0.7];
      const from = reach(node) + 1;
      const spots = NetworkPicture.SPOTS.map(([across, down]) => {
        // Beside the node; at a corner, as near as the node's shape lets it be.
        const near = across && down ? 0.7 : 1;
        const at = [across * (from * near + half[0]), down * (from * near + half[1])];
        return { at, box: this.box({ x: node.x + at[0] / scale, y: node.y + at[1] / scale }, scale, ...half) };
      });
      const open = spots.filter(({ box }) => this.clear(box, taken));
      const free = open.find(({ box }) => !lines.some((line) => NetworkPicture.crosses(line, box)));
      const apart = () => spots.find(({ box }) => this.names.every((other) => this.clear(box, [other.box])));
      const through = ({ box }) => lines.filter((line) => NetworkPicture.crosses(line, box)).length;
      const least = () => open.reduce((best, one) => (!best || through(one) < through(best) ? one : best), null);
      const spot = free ?? (must ? (least() ?? apart()) : small ? least() : null);
      if (!spot) continue;
      taken.push(spot.box);
      this.names.push({ id: node.id, text: node.label, at: spot.at, size, box: spot.box, over: !free });
    }
    const named = new Set(this.names.map(({ id }) => id));
    this.counted = data.nodes.filter((node) => {
      if (!node.more || bare(node) || (crowded && !named.has(node.id))) return false;
      const [x, y] = [node.x * scale + reach(node) + 1, node.y * scale - reach(node) * 0.5];
      node.beside = reach(node) + 1;
      const box = [x, y - 10, x + 7 + 6 * String(node.more).length, y];
      return this.clear(box, taken) && taken.push(box);
    });
    this.taken = taken;
    this.lines = lines;
    this.relabelEdges(scale);
  }

  // Nodes that can be seen at any zoom, and dashes as long on the screen at any zoom: a pseudonym is one at every size.
  resize(scale, radius) {
    const changes = this.data.nodes
      .map((node) => {
        const borderDashes = node.group === "sealed" && [3 / scale, 3 / scale];
        return { id: node.id, size: radius(node), shapeProperties: { borderDashes } };
      })
      .filter(({ id, size, shapeProperties }) => {
        const old = this.nodes.get(id);
        return old.size !== size || String(old.shapeProperties.borderDashes) !== String(shapeProperties.borderDashes);
      });
    if (changes.length) this.nodes.update(changes);
  }

  // A box round a point of the picture, in pixels on the screen.
  box({ x, y }, scale, halfWide, halfHigh) {
    return [x * scale - halfWide, y * scale - halfHigh, x * scale + halfWide, y * scale + halfHigh];
  }

  // The lines of links as straight pieces on the screen: [id, x, y, x, y].
  segments(scale) {
    const places = new Map(this.data.nodes.map((node) => [node.id, node]));
    return this.data.edges.flatMap((edge) => {
      if (this.look.gone(edge) || this.look.faint(edge)) return [];
      const [from, to] = [places.get(edge.from), places.get(edge.to)];
      if (!edge.smooth) return [[edge.id, from.x * scale, from.y * scale, to.x * scale, to.y * scale]];
      const via = this.via(edge, from, to);
      const points = [0, 0.25, 0.5, 0.75, 1].map((part) => {
        const [near, middle, far] = [(1 - part) ** 2, 2 * part * (1 - part), part ** 2];
        return [from.x * near + via[0] * middle + to.x * far, from.y * near + via[1] * middle + to.y * far];
      });
      return points
        .slice(1)
        .map(([x, y], turn) => [edge.id, ...points[turn], x, y].map((one, at) => (at ? one * scale : one)));
    });
  }

  // Whether a piece of a line runs through a box.
  static crosses([, x1, y1, x2, y2], [left, top, right, bottom]) {
    if (Math.max(x1, x2) < left || Math.min(x1, x2) > right || Math.max(y1, y2) < top || Math.min(y1, y2) > bottom)
      return false;
    const side = (x, y) => Math.sign((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1));
    const sides = [side(left, top), side(right, top), side(left, bottom), side(right, bottom)];
    return new Set(sides).size > 1;
  }

  // The names of nodes, over everything else.
  labels(ctx) {
    const scale = this.network.getScale();
    const places = this.network.getPositions();
    const nodes = new Map(this.data.nodes.map((node) => [node.id, node]));
    ctx.save();
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    ctx.lineWidth = 3 / scale;
    ctx.strokeStyle = this.palette.ground;
    ctx.fillStyle = this.palette.quiet;
    ctx.font = `600 ${11 / scale}px ${NetworkPicture.FACE}`;
    for (const { name, at } of this.captioned) {
      ctx.strokeText(name, at.x, at.y);
      ctx.fillText(name, at.x, at.y);
    }
    for (const { id, text, at, size } of this.names) {
      const node = nodes.get(id);
      if (!node || !places[id]) continue;
      const [x, y] = [places[id].x + at[0] / scale, places[id].y + at[1] / scale];
      ctx.font = `${size / scale}px ${NetworkPicture.FACE}`;
      ctx.strokeText(text, x, y);
      ctx.fillStyle = this.ink(node.group, null).text;
      ctx.fillText(text, x, y);
    }
    ctx.restore();
  }

  // Boxes of the heads of links, on the screen.
  tips(scale) {
    const places = new Map(this.data.nodes.map((node) => [node.id, node]));
    return this.data.edges.flatMap((edge) => {
      const to = places.get(edge.to);
      const tip = this.head(edge, places.get(edge.from), to, to.size);
      return tip ? [[tip.x * scale - 6, tip.y * scale - 6, tip.x * scale + 6, tip.y * scale + 6]] : [];
    });
  }

  // In a small picture links say what they are, where there is room; in a larger one only what is chosen does.
  // A denial is marked always.
  relabelEdges(scale) {
    const wordy = this.data.edges.length <= NetworkPicture.MOST_WORDS && scale > 0.45;
    // Of several nodes chosen together the links would lie over each other with their words.
    const several = this.network && this.network.getSelectedNodes().length > 1;
    const chosen = new Set(this.network && !several ? this.network.getSelectedEdges() : []);
    const taken = wordy ? [...this.taken, ...this.tips(scale)] : [...this.taken];
    const places = new Map(this.data.nodes.map((node) => [node.id, node]));
    const changes = [];
    for (const edge of this.data.edges) {
      const bare = !this.look.labels || this.look.faint(edge) || this.look.gone(edge);
      const asked = !bare && chosen.has(edge.id) && chosen.size <= NetworkPicture.MOST_WORDS;
      let said = false;
      if (asked || (wordy && !bare)) {
        const [x, y] = this.middle(edge, places.get(edge.from), places.get(edge.to));
        // In the middle of a long line words would stand beside somebody else.
        const [from, to] = [places.get(edge.from), places.get(edge.to)];
        const near = Math.hypot(to.x - from.x, to.y - from.y) * scale <= NetworkPicture.LONGEST_WORDED;
        const half = edge.says.length * 3 + 2;
        const box = [x * scale - half, y * scale - 7, x * scale + half, y * scale + 7];
        const other = ([id, ...line]) => id !== edge.id && NetworkPicture.crosses([id, ...line], box);
        // Of one chosen link always; of several, the words of none stand over those of another.
        said = asked
          ? chosen.size === 1 || this.clear(box, taken)
          : near && this.clear(box, taken) && !this.lines.some(other);
        if (said) taken.push(box);
      }
      const says = edge.contested ? `${edge.says}, ${edge.denied}` : edge.says;
      const label = [edge.denied && !this.look.faint(edge) ? "✕" : "", said ? says : ""].join(" ").trim() || " ";
      const size = (edge.denied && !said ? 15 : 10.5) / scale;
      const old = this.edges.get(edge.id);
      if ((old.label ?? " ") !== label || (label !== " " && old.font.size !== size)) {
        changes.push({ id: edge.id, label, font: { ...this.wording(edge), size, strokeWidth: 3 / scale } });
      }
    }
    this.edges.update(changes);
  }

  clear(box, taken) {
    return taken.every((other) => box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3]);
  }

  // The point a link bends towards, as vis-network has it.
  via({ smooth }, from, to) {
    const turn = smooth.type === "curvedCW" ? smooth.roundness : -smooth.roundness;
    const angle = Math.atan2(from.y - to.y, to.x - from.x) + (turn * 0.5 + 0.5) * Math.PI;
    const reach = (smooth.roundness * 0.5 + 0.5) * Math.hypot(to.x - from.x, to.y - from.y);
    return [from.x + reach * Math.sin(angle), from.y + reach * Math.cos(angle)];
  }

  // The middle of a link.
  middle(edge, from, to) {
    if (!edge.smooth) return [(from.x + to.x) / 2, (from.y + to.y) / 2];
    const via = this.via(edge, from, to);
    return [(from.x + to.x) / 4 + via[0] / 2, (from.y + to.y) / 4 + via[1] / 2];
  }

  // -- where one looks --------------------------------------------------------------------------------------

  // The zoom and middle that show all nodes, with room for their labels; never larger than life.
  fitting(given) {
    // On a map also where boats landed is to be seen.
    const landed = Object.values(this.data.landings ?? {});
    const xs = [...this.data.nodes.map((node) => node.x), ...landed.map(([x]) => x)];
    const ys = [...this.data.nodes.map((node) => node.y), ...landed.map(([, y]) => y)];
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const { clientWidth, clientHeight } = this.container;
    const { top: above, right: after, bottom: below, left: before } = this.covered;
    // Labels reach further to the sides than up and down.
    const margin = NetworkPicture.MARGIN;
    const wide = Math.max(clientWidth - before - after - 2 * Math.min(2 * margin, clientWidth * 0.13), 80);
    const high = Math.max(clientHeight - above - below - 2 * margin, 80);
    const scale = given ?? Math.max(Math.min(wide / (right - left || 1), high / (bottom - top || 1), 1.3), 0.05);
    const position = {
      x: (left + right + (after - before) / scale) / 2,
      y: (top + bottom + (below - above) / scale) / 2,
    };
    return { scale, position };
  }

  // The left and right end, on the screen, of all nodes and of all names.
  ends(scale) {
    const xs = this.data.nodes.map((node) => node.x * scale);
    const boxes = [...this.names, ...this.captioned].map(({ box }) => box);
    const all = [...xs, ...boxes.map(([left]) => left), ...boxes.map(([, , right]) => right)];
    return { nodes: [Math.min(...xs), Math.max(...xs)], names: [Math.min(...all), Math.max(...all)] };
  }

  // The scale at which names beside the outermost nodes are in sight too. Names are as large at every scale.
  withNames(scale) {
    const { nodes, names } = this.ends(scale);
    const beside = names[1] - names[0] - (nodes[1] - nodes[0]);
    const wide = this.container.clientWidth - this.covered.left - this.covered.right - 8;
    return Math.max((scale * (wide - beside)) / (nodes[1] - nodes[0] || 1), scale / 2);
  }

  // The middle of the view, moved no further than it takes to have all names in sight.
  shifted(scale, { x, y }) {
    const { names } = this.ends(scale);
    const half = this.container.clientWidth / 2;
    const right = names[1] + 4 - (x * scale + half - this.covered.right);
    const left = names[0] - 4 - (x * scale - half + this.covered.left);
    const by = right > 0 ? right : Math.min(left, 0);
    return { x: x + by / scale, y };
  }

  fit() {
    let { scale } = this.fitting();
    this.relabel(scale);
    // At a smaller scale names may stand elsewhere, and be in the way again.
    for (let tries = 0; tries < 3 && this.withNames(scale) < scale; tries++) {
      scale = this.withNames(scale);
      this.relabel(scale);
    }
    this.network.moveTo({ scale, position: this.shifted(scale, this.fitting(scale).position) });
  }

  zoom(factor) {
    const scale = Math.min(Math.max(this.network.getScale() * factor, 0.05), 4);
    this.network.moveTo({ scale });
    this.relabel(scale);
  }

  choose(id, edge = false) {
    if (edge) this.network.setSelection({ nodes: [], edges: [id] });
    else this.network.setSelection({ nodes: [id], edges: [] }, { highlightEdges: true });
    this.relabel(this.network.getScale());
  }

  // Choose some nodes; their links stand out.
  select(ids) {
    this.network.setSelection({ nodes: ids.filter((id) => this.nodes.get(id)), edges: [] }, { highlightEdges: true });
    this.relabel(this.network.getScale());
  }

  // Whether a node can be seen: it is on the canvas, and nothing lies over it.
  inSight(id) {
    const at = this.network.canvasToDOM(this.network.getPosition(id));
    const { clientWidth, clientHeight } = this.container;
    const { top, right, bottom, left } = this.covered;
    return (
      at.x >= left + 20 && at.y >= top + 10 && at.x <= clientWidth - right - 20 && at.y <= clientHeight - bottom - 30
    );
  }

  // Bring a node into sight, without moving what is in sight already.
  reveal(id) {
    if (this.inSight(id)) return;
    const { top, right, bottom, left } = this.covered;
    this.network.moveTo({
      position: this.network.getPosition(id),
      offset: { x: (left - right) / 2, y: (top - bottom) / 2 },
    });
  }
};
