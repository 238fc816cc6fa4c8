// Walking the picture by keyboard: right and left choose a link of the node, down follows it, up goes back. Each step is
// said as a sentence, so that the picture can be read without seeing it.
export class Walk {
  constructor(canvas, panel) {
    this.canvas = canvas;
    this.panel = panel;
    this.picture = canvas.picture;
    this.node = null;
    this.link = -1; // place among the node's links; -1 before one is chosen
    this.way = []; // nodes that were left, to go back to
  }

  get links() {
    const { gone } = this.picture.look;
    return this.picture.data.edges.filter((edge) => !gone(edge) && (edge.from === this.node || edge.to === this.node));
  }

  step(key) {
    const { chosen } = this.panel;
    // A click or a search may have chosen another node.
    if (chosen && !chosen.edge && !chosen.several && chosen.id !== this.node)
      Object.assign(this, { node: chosen.id, link: -1, way: [] });
    if (!this.node || !this.picture.nodes.get(this.node)) return this.arrive(this.picture.data.nodes[0]?.id, []);
    if (key === "ArrowRight") this.choose(1);
    else if (key === "ArrowLeft") this.choose(-1);
    else if (key === "ArrowDown") this.follow();
    else if (this.way.length) this.arrive(this.way.at(-1), this.way.slice(0, -1));
    else this.say("This is where you began.");
  }

  arrive(node, way) {
    if (!node) return;
    Object.assign(this, { node, way, link: -1 });
    this.panel.chosen = { id: node, edge: false };
    this.picture.choose(node);
    this.picture.reveal(node);
    const { title } = this.picture.data.nodes.find(({ id }) => id === node);
    const number = this.links.length;
    this.say(`${title}. ${number ? `${number} links: right arrow` : "No link"}.`);
  }

  choose(turn) {
    const { links } = this;
    if (!links.length) return this.say("No link.");
    const start = this.link < 0 && turn < 0 ? 0 : this.link;
    this.link = (start + turn + links.length) % links.length;
    const edge = links[this.link];
    this.panel.chosen = { id: edge.id, edge: true };
    this.picture.choose(edge.id, true);
    this.picture.reveal(edge.from === this.node ? edge.to : edge.from);
    const [from, to] = [edge.from, edge.to].map((id) => this.canvas.name(id));
    const belief = edge.title.slice(edge.says.length + 2);
    this.say(`${from} ${edge.says} ${to}, ${belief}. Link ${this.link + 1} of ${links.length}.`);
  }

  follow() {
    const edge = this.links[this.link];
    if (!edge) return this.choose(1);
    this.arrive(edge.from === this.node ? edge.to : edge.from, [...this.way, this.node]);
  }

  say(words) {
    this.picture.container.setAttribute("aria-label", words);
    this.canvas.say(words);
  }
}
