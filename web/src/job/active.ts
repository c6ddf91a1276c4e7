/** Which word is pointed at, and which is chosen. Classes are set on the elements themselves: a page has hundreds. */

type Pane = "picture" | "text";

export class Active {
  private root: HTMLElement | null = null;
  private hot = "";
  private cited: string[] = [];
  chosen = "";
  private readonly listeners = new Set<(id: string) => void>();

  attach(root: HTMLElement | null): void { this.root = root; }

  listen(tell: (id: string) => void): () => void {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  }

  /** The pointer is over a word, or over none. */
  point(id: string, line: string, from: Pane): void {
    if (id === this.hot) return;
    this.unmark("hot");
    this.unmark("hot-line");
    this.hot = id;
    if (!id) return;
    this.mark("w", id, "hot");
    this.mark("l", line, "hot-line");
    this.show(id, from === "picture" ? "text" : "picture");
  }

  choose(id: string, from?: Pane): void {
    this.unmark("chosen");
    this.chosen = id;
    this.remark();
    if (id) {
      if (from !== "picture") this.show(id, "picture");
      if (from !== "text") this.show(id, "text");
    }
    this.listeners.forEach((tell) => tell(id));
  }

  /** Words an answer rests on. */
  cite(ids: string[]): void {
    this.unmark("cited");
    this.cited = ids;
    this.remark();
    const first = ids[0];
    if (first) { this.show(first, "picture"); this.show(first, "text"); }
  }

  /** The same, without going there. */
  highlight(ids: string[]): void {
    this.unmark("cited");
    this.cited = ids;
    this.remark();
  }

  /** After something was drawn anew. */
  remark(): void {
    if (this.chosen) this.mark("w", this.chosen, "chosen");
    for (const id of this.cited) this.mark("w", id, "cited");
  }

  /** Scroll a pane so far that the word is in it. */
  show(id: string, pane: Pane): void {
    const box = this.root?.querySelector(`[data-pane=${pane}]`);
    const element = box?.querySelector(`[data-w="${id}"]`);
    if (!box || !element) return;
    const inner = element.getBoundingClientRect();
    const outer = box.getBoundingClientRect();
    const gap = Math.min(80, outer.height / 5);
    const high = inner.top < outer.top + 8, low = inner.bottom > outer.bottom - 8;
    const left = inner.left < outer.left, right = inner.right > outer.right;
    if (!high && !low && !left && !right) return;
    const top = high ? inner.top - outer.top - gap : low ? inner.bottom - outer.bottom + gap : 0;
    const across = left ? inner.left - outer.left - gap : right ? inner.right - outer.right + gap : 0;
    box.scrollBy({ top, left: across, behavior: "auto" });
  }

  private mark(name: "w" | "l", id: string, style: string): void {
    this.root?.querySelectorAll(`[data-${name}="${id}"]`).forEach((each) => each.classList.add(style));
  }

  private unmark(style: string): void {
    this.root?.querySelectorAll(`.${style}`).forEach((each) => each.classList.remove(style));
  }
}
