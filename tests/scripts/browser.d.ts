// What the scripts find in a browser, for `make types`. Which kind of element an id or an event has stands in the
// templates, where no type checker reads it: so whatever is asked of one is taken as there.
interface EventTarget {
  [name: string]: any;
}
interface Event {
  [name: string]: any;
}
interface PerformanceEntry {
  [name: string]: any;
}
interface Document {
  getElementById(id: string): any;
}

// Loaded by scripts of their own; vis-network brings along no types for how it is served.
declare const vis: any;
declare var NetworkPicture: any;
