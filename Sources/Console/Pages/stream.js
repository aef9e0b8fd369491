// Server-sent events read with fetch (WHATWG HTML section 9.2.6): unlike EventSource it carries the token in a header, and no address has it.
export class Stream {
  #abort = new AbortController();
  // `handlers`: a function for each event's name; `ended` is called once, unless the page itself closed.
  constructor(path, headers, handlers, ended) {
    this.#read(path, headers, handlers).catch(() => {}).finally(() => { if (!this.#abort.signal.aborted) ended(); });
  }
  close() { this.#abort.abort(); }
  async #read(path, headers, handlers) {
    const answer = await fetch(path, { headers: { Accept: "text/event-stream", ...headers }, cache: "no-store", signal: this.#abort.signal });
    if (!answer.ok) return;
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    const parser = new Parser((name, data) => {
      if (this.#abort.signal.aborted) return;
      // A mistake in the page is told as such, and ends no stream.
      try { handlers[name]?.(data); } catch (error) { reportError(error); }
    });
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.take(decoder.decode(value, { stream: true }));
    }
  }
}

// Cuts text into events, wherever the network cut it. Lines that do not concern us (`id`, `retry`, comments) are passed over.
export class Parser {
  #rest = "";
  #name = "message";
  #data = [];
  constructor(emit) { this.emit = emit; }
  take(text) {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop();
    for (const line of lines) this.#line(line.endsWith("\r") ? line.slice(0, -1) : line);
  }
  #line(line) {
    const field = (name) => (line.startsWith(name) ? line.slice(name.length + (line[name.length] === " " ? 1 : 0)) : undefined);
    if (line === "") {
      if (this.#data.length) this.emit(this.#name, this.#data.join("\n"));
      this.#name = "message";
      this.#data = [];
      return;
    }
    const data = field("data:");
    if (data !== undefined) this.#data.push(data);
    else this.#name = field("event:") ?? this.#name;
  }
}
