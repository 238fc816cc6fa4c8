// Reads a graph with graphology and writes what arrived, as JSON: node read_graph.cjs KIND FILE
const { readFileSync } = require("node:fs");
const graphology = require("graphology");
const readers = { gexf: require("graphology-gexf"), graphml: require("graphology-graphml") };

const [kind, file] = process.argv.slice(2);
const reader = readers[file.split(".").pop()];
process.stdout.write(JSON.stringify(reader.parse(graphology[kind], readFileSync(file, "utf8")).export()));
