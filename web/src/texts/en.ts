/** Everything the page says, in English. Another language is a file like this one, named in `texts/index.ts`. */

const plural = (n: number, one: string, many: string) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

export const en = {
  name: "English",
  brand: "Legenda",
  skip: "Skip to content",
  nav: {
    label: "Main", read: "Read", history: "History", tools: "Tools", account: "Account", recent: "Recent",
    nothingRecent: "What you read appears here.", shortcuts: "Keyboard shortcuts",
  },
  theme: { label: "Theme", system: "As the system", light: "Light", dark: "Dark" },
  home: {
    title: "What should be read?",
    lead: "Scans, photos, PDFs, office files. Everything is read on this server; nothing is sent anywhere else.",
    drop: "Drop files here",
    dropping: "Let go to read",
    dropHint: "or paste a picture. Several files are fine.",
    choose: "Choose files",
    camera: "Camera",
    url: "From a URL",
    urlLabel: "Address of an image or document",
    urlPlaceholder: "https://example.org/report.pdf",
    read: "Read",
    example: "Try the example invoice",
    noExample: "The example could not be loaded.",
    tools: "Or start with a purpose",
    allTools: "All tools",
  },
  options: {
    title: "Options",
    tier: "Effort", fast: "Fast", balanced: "Balanced", accurate: "Accurate",
    tierHint: { fast: "Clear print, large piles", balanced: "Doubtful words are read twice", accurate: "Every word by the larger model" } as Record<string, string>,
    language: "Language", anyLanguage: "Found out from the page", addLanguage: "Add a language",
    remove: (name: string) => `Remove ${name}`,
    pages: "Pages", pagesPlaceholder: "all, or 1-3,7,-1",
    textLayer: "Text inside PDFs", auto: "Use where it can be trusted", ignore: "Never use, read the picture", only: "Use nothing else",
    structure: "Structure", structureHint: "Find headings, tables, formulas and pictures",
    password: "Password", passwordPlaceholder: "if the file needs one",
  },
  uploads: {
    title: "Files", waiting: "Waiting", sending: (percent: number) => `Sending, ${percent} %`, sent: "Sent",
    cancel: (name: string) => `Do not send ${name}`, dismiss: (name: string) => `Dismiss ${name}`, open: "Open", clear: "Clear list",
  },
  states: {
    queued: "Waiting", preparing: "Opening", running: "Reading", assembling: "Finishing",
    done: "Done", partial: "Done, with gaps", failed: "Failed", cancelled: "Cancelled", expired: "Expired",
  } as Record<string, string>,
  job: {
    loading: "Loading", untitled: "Untitled",
    pages: (n: number) => plural(n, "page", "pages"),
    words: (n: number) => plural(n, "word", "words"),
    characters: (n: number) => plural(n, "character", "characters"),
    progress: (done: number, all: number) => `${done.toLocaleString("en")} of ${all.toLocaleString("en")} pages`,
    before: (n: number) => (n ? `${plural(n, "job", "jobs")} before this one` : "Next in line"),
    left: (seconds: number) => (seconds < 90 ? `about ${Math.max(1, Math.round(seconds))} s left` : `about ${Math.round(seconds / 60)} min left`),
    confidence: (percent: number) => `${percent} % sure`,
    failedPages: (n: number) => `${plural(n, "page", "pages")} could not be read`,
    cancel: "Cancel", cancelling: "Cancelling", remove: "Delete", again: "Read another",
    removeAsk: "Delete this document?", removeWhy: "The file, what was read of it and all downloads are deleted from the server at once.",
    keep: "Keep",
    missing: "There is no such document", missingWhy: "It was deleted, its time is over, or it belongs to another key.",
    failed: "This could not be read", cancelled: "Reading was cancelled", cancelledWhy: "Pages that were finished before stay readable.",
    expired: "The time of this document is over", expiredWhy: "The server keeps what was read for a while, then deletes it. Read the file again to have it back.",
    expires: (when: string) => `Kept until ${when}`,
  },
  view: {
    picture: "Page picture", text: "What was read",
    zoomIn: "Zoom in", zoomOut: "Zoom out", fit: "Fit width", page: "Page",
    pageOf: (n: number, all: number) => `${n} / ${all}`,
    goTo: "Go to page", previous: "Previous page", next: "Next page",
    shade: "Shade doubt", shadeHint: "Words less certain than the threshold are shaded",
    threshold: "Doubt threshold", thresholdValue: (percent: number) => `below ${percent} %`,
    pageLabel: (n: number) => `Page ${n}`,
    waiting: "Waiting to be read", reading: "Being read", cancelled: "Not read: cancelled", noText: "No text on this page",
    noPicture: "No picture of this page",
    unreadable: "unreadable",
    splitter: "Divide the panes",
    showPicture: "Picture", showText: "Text",
    wordsHelp: (n: number) => `Words of page ${n}. Arrow keys move from word to word, Enter corrects.`,
    textLayer: "The file's own text", ocr: "Read from the picture", mixed: "Both the file's own text and its picture",
  },
  tabs: {
    label: "Views", document: "Document", text: "Text", markdown: "Markdown", json: "JSON", doubtful: "Doubtful", chat: "Ask", use: "Tools", code: "Code",
    wait: "This view is there when all pages are read.",
    copy: "Copy", copied: "Copied", copyFailed: "The browser did not allow copying",
    large: (shown: string, all: string) => `The first ${shown} of ${all} are shown; download the file for the rest.`,
  },
  doubtful: {
    title: (n: number, percent: number) => `${plural(n, "word is", "words are")} less than ${percent} % certain`,
    none: "No word is this doubtful", noneHint: "Raise the threshold to look further.",
    more: (n: number) => `Look at ${plural(n, "more page", "more pages")}`,
    sure: (percent: number) => `${percent} %`,
    looking: "Looking through the pages",
  },
  correct: {
    title: "Correct this word", do: "Correct", label: "The word is", save: "Save", cancel: "Cancel", saving: "Saving",
    was: (percent: number) => `Read with ${percent} % certainty`, right: "It is right",
    empty: "Leave it empty to remove the word", saved: "Corrected. Downloads follow.", undo: "Undo",
    changed: "The page was changed meanwhile; look again.",
    formula: "What is drawn from notation is not changed by this.",
  },
  download: {
    title: "Download", busy: (name: string) => `Making ${name}`, failed: "The file could not be made",
    groups: { text: "Text", office: "Office", pdf: "PDF", data: "Data" },
    formats: {
      txt: "Plain text", "txt-layout": "Text, laid out as on the page", md: "Markdown", json: "JSON with boxes and confidence",
      html: "Web page", hocr: "hOCR", alto: "ALTO XML", pdf: "Searchable PDF", "pdf-a": "Searchable PDF/A", csv: "Tables as CSV",
      docx: "Word", xlsx: "Excel", pptx: "PowerPoint", zip: "All of these in a ZIP",
    } as Record<string, string>,
  },
  history: {
    title: "History", search: "Search by name", empty: "Nothing has been read yet", emptyHint: "Documents appear here as soon as they are sent, and stay until their time is over.",
    none: (q: string) => `No document is named like “${q}”`, more: "Show more", read: "Read a document",
    name: "Name", state: "State", pages: "Pages", when: "Sent",
  },
  account: {
    title: "Account", lead: "Who you are to this server, what you used, and the keys that open it.",
    you: "This browser", anonymous: "No key", local: "This machine, no key needed", tenant: "Account", plan: "Plan", scopes: "May",
    scope: { read: "read results", write: "send documents", admin: "manage keys" } as Record<string, string>,
    key: "Key", keyPlaceholder: "lgd_…", useKey: "Use this key", forget: "Forget the key", keyHint: "Kept in this browser only, and sent to this server only.",
    keyWrong: "The server does not know this key.",
    balance: "Balance", unlimited: "Pages are not counted against a limit", free: (used: number, cap: number, period: string) => `${used.toLocaleString("en")} of ${cap.toLocaleString("en")} free credits used this ${period}`,
    usedPeriod: (used: number, period: string) => `${plural(used, "credit", "credits")} used this ${period}`,
    paidOrFree: "credits left", paid: (n: number) => plural(n, "paid credit left", "paid credits left"),
    usage: "Usage", noUsage: "Nothing was used yet", period: "Period", pages: "Pages", failed: "Failed", credits: "Credits", jobs: "Documents", withKey: "Key",
    keys: "Keys", noKeys: "No keys yet", noKeysHint: "Without keys the server answers this machine only. With the first key, everybody needs one, this page too.",
    make: "Make a key", makeName: "Name", makeNamePlaceholder: "what it is for", makeTenant: "Account", makeScopes: "May",
    made: "Copy the key now. It is not shown again.", done: "Done", use: "Use it in this browser",
    revoke: "Revoke", revokeAsk: (name: string) => `Revoke ${name}?`, revokeWhy: "Whoever uses it is turned away from then on.", revoked: "revoked", created: "Made", lastUsed: "Last used", never: "never", thisKey: "this browser's",
    keysForbidden: "Keys are managed by keys that may do so.",
  },
  camera: {
    title: "Take a picture", take: "Take picture", use: "Read it", again: "Again", failed: "The camera cannot be used",
    failedWhy: "Allow it in the browser's settings. Browsers give pages a camera only over https or on this machine.",
    shot: "The picture that was taken",
  },
  tools: {
    title: "Tools", lead: "The reader with the right options, for one purpose each.", empty: "No tools yet", emptyHint: "This server has none to offer.",
    start: "Start", chosen: (name: string) => `For: ${name}`, none: "No tool", needs: (what: string) => `Needs ${what}`,
    groups: { values: "Take out values", rewrite: "Rewrite", notation: "Notation", files: "Convert" },
    titles: { "image-to-text": "Image to text", "pdf-to-text": "PDF to text", "pdf-to-markdown": "PDF to Markdown", "pdf-to-word": "PDF to Word", "pdf-to-excel": "PDF to Excel",
      "image-to-excel": "Image to Excel", "extract-tables": "Tables", "handwriting-to-text": "Handwriting", "image-to-latex": "Formula to LaTeX", "chart-to-table": "Chart to table",
      molecule: "Molecule", music: "Sheet music", id: "Passport or ID", "business-card": "Business card", "searchable-pdf": "Searchable PDF" } as Record<string, string>,
    about: {} as Record<string, string>,
  },
  use: {
    go: "Use it", busy: "Working", to: "To language", format: "As", kinds: "What goes", patterns: "Also what these expressions match, one a line", patternsPlaceholder: "[A-Z]{2}\\d{6}",
    clicked: "And these words: click words in the picture to add them", removeWord: (word: string) => `Keep ${word}`,
    kind: { names: "names", dates: "dates", amounts: "amounts", emails: "e-mail addresses", phones: "telephone numbers", ibans: "IBANs", cards: "card numbers", urls: "web addresses" } as Record<string, string>,
    saved: (name: string) => `Saved as ${name}`, wrong: (what: string) => `Check digits do not fit: ${what}`, nothing: "Nothing of the kind was found.",
  },
  chat: {
    title: "Ask this document", lead: "Answers come from its text alone, with the page they stand on.", placeholder: "Ask a question", send: "Ask", you: "You", answer: "Answer",
    thinking: "Looking it up", page: (n: number) => `Page ${n}`, none: "This server cannot answer questions yet.", wait: "Questions can be asked when all pages are read.", examples: ["What is the total?", "Which dates are mentioned?", "Who sent this?"], unsupported: "Not found in the text, take it with care",
  },
  code: {
    title: "The same from a program", lead: "What was done here, as a request. Existing clients only need another address.",
    dialect: "Interface", language: "Language", key: "Put your key into the environment variable the program reads.", noKey: "This server needs no key on its own machine.",
    anyKey: "This server needs no key on its own machine; clients that insist on one may have any.",
  },
  balance: {
    title: "Out of pages", used: (used: number, cap: number, period: string) => `${used.toLocaleString("en")} of ${cap.toLocaleString("en")} credits are used this ${period}.`,
    why: "The document was not read and nothing was charged.", needs: "This document needs more credits than are left.", account: "See the account", other: "Use another key", period: { day: "day", month: "month" } as Record<string, string>,
  },
  problems: {
    unreachable: "The server cannot be reached", unreachableWhy: "It may be restarting. Try again in a moment.", retry: "Try again",
    unauthorized: "This server needs a key", unauthorizedWhy: "Ask whoever runs it, or make one on its machine:",
    forbidden: "The key may not do this", http: (status: number) => `The server answered with ${status}`, other: "That did not work", close: "Close",
  },
  keys: {
    title: "Keyboard shortcuts",
    rows: [
      ["← →", "Word before, word after"], ["Enter", "Correct the word"], ["N  P", "Next and previous doubtful word"], ["J  K", "Next and previous page"],
      ["+  −  0", "Zoom in, zoom out, fit"], ["S", "Shade doubt"], ["D", "Downloads"], ["/", "Search the history"], ["U", "Read another document"], ["?", "This list"], ["Esc", "Close"],
    ] as [string, string][],
  },
  render: {
    formula: "Formula", molecule: "Molecule", score: "Music", chart: "Chart", table: "Table", figure: "Picture", barcode: "Barcode", geometry: "Drawing", seal: "Seal",
    problem: "Did not pass its check", source: "Notation", play: "Play", stop: "Stop", drawing: "Drawing", failed: "This notation cannot be drawn; it is shown as it was read.", asTable: "As a table", asChart: "As a chart", original: "As on the page", checked: "checked", unchecked: "not checked",
  },
  units: { bytes: (n: number) => size(n), sortOf: (format: string) => format.toUpperCase() },
  menu: "Menu",
  close: "Close",
};

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

export type Texts = typeof en;
