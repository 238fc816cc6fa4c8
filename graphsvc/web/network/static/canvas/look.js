// The canvas's appearance: filters that fade or remove, chosen colours and sizes, labels. The address contains it, and
// the legend explains it.
export const LOOK = ["colour", "sized", "outline", "labels", "from", "to", "handling"];
// Filters that remove links on the server, unless the user chose to see them faint.
export const FILTERS = ["relation", "ticked", "least", "recorded", "source_grade", "assessment"];
// Okabe and Ito's hues after those of the kinds; groups beyond the last hue are grey.
const HUES = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a800"];
const SVG = "http://www.w3.org/2000/svg";
const NONE = "#9aa0a8";
const SCALE = ["#c9dcec", "#8fbad9", "#4f94c4", "#1f6ca6", "#0a4275"];

// Whether something from `first` to `last` (days, as far as known) touches a span.
export function touches([first, last], from, to) {
  const [begins, ends] = [first || last || "", last || first || ""];
  if (!begins) return false;
  return (!to || begins.slice(0, to.length) <= to) && (!from || ends.padEnd(10, "-99").slice(0, 10) >= from);
}

export class Look {
  constructor(picture, measures, groups) {
    this.picture = picture;
    this.measures = measures;
    this.groups = groups;
    // Whether the picture is drawn exactly as the data says, so that nothing needs redrawing.
    this.plain = true;
    this.legend = document.getElementById("legend-look");
  }

  // Apply the parameters of an address. Measures are fetched from the server when first needed.
  async apply(params) {
    const colour = params.get("colour") ?? "";
    const sized = params.get("sized") ?? "";
    const wanted = ["community", "score", "groups", "between"].filter((name) => name === colour || name === sized);
    const { measures: known, verdict } = wanted.length ? await this.measures() : { measures: {}, verdict: "" };
    const abstains = verdict === "abstains";
    const data = this.picture.data;
    const kept = this.passing(params);
    const beside = new Set(data.edges.filter(kept).flatMap((edge) => [edge.from, edge.to]));
    const out =
      params.get("handling") === "P"
        ? (node) => node.handling === "C"
        : params.get("handling") === "C"
          ? (node) => node.handling !== "C"
          : () => false;
    const narrowed = this.narrows(params);
    const off = (item) => narrowed && ("from" in item ? !kept(item) : !beside.has(item.id) || out(item));
    // Nodes and links of other days are faint, never gone: users would not know what is missing.
    const other = this.otherDays(params);
    const fade = params.get("fade") === "yes";
    const paint = this.paint(colour, known, abstains);
    const reach = this.reach(sized, known);
    const dated = Boolean(params.get("from") || params.get("to"));
    const outline = params.get("outline") ?? "";
    const outlined = outline ? ((await this.groups())[outline] ?? []) : [];
    const plain = !narrowed && !dated && !colour && !wanted.length && !outline && params.get("labels") !== "no";
    if (plain && this.plain) return { shown: data.nodes.length, links: data.edges.length, narrowed };
    this.plain = plain;
    this.picture.dress({
      fill: paint.fill,
      radius: reach,
      faint: fade ? (item) => off(item) || other(item) : other,
      gone: fade ? () => false : off,
      labels: params.get("labels") !== "no",
      outlined: outlined.map((group, place) => ({ ...group, hue: HUES[place % HUES.length] })),
    });
    this.tell(paint.legend, colour, sized, abstains);
    const passes = (item) => !off(item) && !other(item);
    for (const table of ["nodes", "links"]) {
      const items = table === "nodes" ? data.nodes : data.edges;
      for (const row of document.querySelectorAll(`#network-${table} tr[data-i]`))
        row.hidden = !fade && off(items[Number(row.dataset.i)]);
    }
    return {
      shown: data.nodes.filter(passes).length,
      links: data.edges.filter(passes).length,
      narrowed: narrowed || dated,
    };
  }

  narrows(params) {
    const names = ["handling", ...(params.get("fade") === "yes" ? FILTERS : [])];
    return names.some((name) => params.get(name));
  }

  // Return a test for items outside the chosen days: links, and nodes that have no link in those days either.
  otherDays(params) {
    const [from, to] = [params.get("from") ?? "", params.get("to") ?? ""];
    if (!from && !to) return () => false;
    const { nodes, edges } = this.picture.data;
    const day = new Map(nodes.map((node) => [node.id, node.day]));
    const dated = (edge) =>
      touches(edge.on ?? ["", ""], from, to) || [edge.from, edge.to].some((id) => touches([day.get(id), ""], from, to));
    const there = new Set(edges.filter(dated).flatMap((edge) => [edge.from, edge.to]));
    for (const node of nodes) if (touches([node.day, ""], from, to)) there.add(node.id);
    return (item) => ("from" in item ? !dated(item) : !there.has(item.id));
  }

  // Whether a link passes the filters that the browser applies.
  passing(params) {
    const handling = params.get("handling");
    const nodes = new Map(this.picture.data.nodes.map((node) => [node.id, node]));
    const fade = params.get("fade") === "yes";
    const relations = fade ? params.getAll("relation").filter(Boolean) : [];
    const out = params.get("ticked") === "out";
    const least = fade ? Number(params.get("least") || 0) : 0;
    const recorded = fade ? Number(params.get("recorded") || 0) : 0;
    const released = (edge) => ![edge.from, edge.to].some((id) => nodes.get(id)?.handling === "C");
    return (edge) =>
      (!relations.length || relations.includes(edge.relation) !== out) &&
      edge.belief >= least &&
      (edge.record ?? 0) >= recorded &&
      // The server marks links that fail a filter by grade, but only if such links stay in the picture.
      !edge.ungraded &&
      (!handling || (handling === "P") === released(edge));
  }

  paint(colour, known, abstains) {
    if (colour === "gang" || colour === "community") {
      const of = (node) =>
        (colour === "gang" ? (node.kind === "gang" ? node.label : node.gang) : known[node.id]?.community) || "";
      const count = new Map();
      for (const node of this.picture.data.nodes) if (of(node)) count.set(of(node), (count.get(of(node)) ?? 0) + 1);
      const order = [...count]
        .sort((a, b) => b[1] - a[1] || (String(a[0]) < String(b[0]) ? -1 : 1))
        .map(([name]) => name);
      const hue = (name) => (name && order.indexOf(name) < HUES.length ? HUES[order.indexOf(name)] : NONE);
      const legend = order
        .slice(0, HUES.length)
        .map((name) => [hue(name), colour === "gang" ? name : `community ${name}`, count.get(name)]);
      legend.push([NONE, order.length > HUES.length ? "others, or none" : "none", null]);
      return { fill: (node) => hue(of(node)), legend };
    }
    // If no one stands out, any order would look like a ranking.
    if (colour === "score" && abstains)
      return { fill: () => NONE, legend: [[NONE, "no one stands out: no lead score is told", null]] };
    if (colour === "score") {
      const values = Object.values(known)
        .map((one) => one.score)
        .filter((score) => score > 0);
      const most = Math.max(...values, 0.01);
      const step = (score) => Math.min(Math.floor((score / most) * SCALE.length), SCALE.length - 1);
      const fill = (node) => (known[node.id]?.score > 0 ? SCALE[step(known[node.id].score)] : NONE);
      return {
        fill,
        legend: [
          [SCALE[0], "low lead score", null],
          [SCALE.at(-1), "high (a lead is intelligence, not evidence)", null],
          [NONE, "no lead", null],
        ],
      };
    }
    return { fill: () => null, legend: [] };
  }

  reach(sized, known) {
    if (!["score", "groups", "between"].includes(sized)) return () => null;
    const value = (node) => Math.max(Number(known[node.id]?.[sized]) || 0, 0);
    const most = Math.max(...this.picture.data.nodes.map(value), 1e-9);
    return (node) => 8 + 22 * Math.sqrt(value(node) / most);
  }

  tell(legend, colour, sized, abstains) {
    const lines = legend.map(([hue, words, number]) => {
      const line = document.createElement("li");
      const mark = document.createElementNS(SVG, "svg");
      const dot = document.createElementNS(SVG, "circle");
      for (const [name, value] of Object.entries({
        width: 14,
        height: 14,
        viewBox: "0 0 16 16",
        "aria-hidden": "true",
        class: "hue",
      }))
        mark.setAttribute(name, String(value));
      for (const [name, value] of Object.entries({ cx: 8, cy: 8, r: 6, fill: hue })) dot.setAttribute(name, value);
      mark.append(dot);
      line.append(mark, words);
      if (number !== null) {
        const count = document.createElement("span");
        count.className = "quiet";
        count.textContent = number;
        line.append(count);
      }
      return line;
    });
    const size = {
      score: abstains ? "All of a size: no one stands out, no lead score is told" : "Larger: higher lead score",
      groups: "Larger: more groups of witnesses",
      between: "Larger: more shortest ways pass here",
    }[sized];
    if (size) {
      const line = document.createElement("li");
      line.textContent = size;
      lines.push(line);
    }
    this.legend.replaceChildren(...lines);
    this.legend.hidden = !lines.length;
    document.getElementById("legend").classList.toggle("by-hue", Boolean(colour));
  }
}
