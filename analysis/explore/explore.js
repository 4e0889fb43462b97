// The panel's own views: a grid of toggles, a table whose rows are clicked, a page of HTML, code to copy.
const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
};
const shown = (value) => {
  if (typeof value !== "number") return value ?? "";
  if (value !== 0 && Math.abs(value) < 0.001) return value < 0 ? "> −0.001" : "< 0.001";
  return Number.isInteger(value) ? String(value) : String(+value.toPrecision(3));
};
// In a narrow table the name of a column may take two lines, broken in the middle.
const folded = (label) => {
  const words = label.split(" ");
  const half = Math.ceil(words.length / 2);
  return [words.slice(0, half), words.slice(half)].map((line) => line.join("\u00a0")).join(" ").trim();
};
const FIRST = 24; // rows of a table made at once, more than fit; the rest when it is scrolled
const PATIENCE = 200; // milliseconds from a table to its figure without a bar: the kernel is drawing and says nothing
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// The nearest tile in the direction of an arrow key, those off the line counted as farther.
function neighbour(tiles, from, [dx, dy]) {
  const far = ({ tile }) => {
    const x = tile.x - from.x, y = tile.y - from.y;
    return x * dx + y * dy > 0 ? Math.abs(x) * (dx ? 1 : 4) + Math.abs(y) * (dy ? 1 : 4) : Infinity;
  };
  const best = tiles.filter(({ node }) => !node.disabled).sort((a, b) => far(a) - far(b))[0];
  return best && far(best) < Infinity ? best.node : null;
}

function toggles({ model, el }) {
  const box = make("div", { className: "tifa-tiles", role: "group", ariaLabel: model.get("title") });
  const tiles = model.get("tiles").map((tile, i) => {
    const node = make("button", { type: "button", textContent: tile.label, title: tile.hint, disabled: !tile.n });
    node.style.gridArea = `${tile.y + 1} / ${tile.x + 1}`;
    node.dataset.value = tile.value;
    node.tabIndex = -1;
    return { tile, node };
  });
  const stop = (wanted) => tiles.forEach(({ node }) => (node.tabIndex = node === wanted ? 0 : -1));
  const paint = () => tiles.forEach(({ tile, node }) => (node.ariaPressed = model.get("value").includes(tile.value)));
  const toggle = ({ target }) => {
    const value = target.dataset?.value;
    if (value === undefined) return;
    const old = model.get("value");
    model.set("value", old.includes(value) ? old.filter((v) => v !== value) : [...old, value]);
    model.save_changes();
    stop(target);
  };
  box.onclick = toggle;
  box.onkeydown = (event) => {
    const here = tiles.find(({ node }) => node === event.target);
    const next = here && STEPS[event.key] && neighbour(tiles, here.tile, STEPS[event.key]);
    if (!next) return;
    event.preventDefault();
    stop(next);
    next.focus();
  };
  model.on("change:value", paint);
  box.append(...tiles.map(({ node }) => node));
  stop(tiles.find(({ node }) => !node.disabled)?.node);
  paint();
  el.append(box);
}

// An answer's table comes first, its figure when it is drawn.
function waits(el, turn) {
  const answer = el.closest(".tifa-answer");
  if (!answer) return;
  clearTimeout(answer.wait);
  answer.classList.remove("tifa-drawing");
  answer.turn = turn;
  if (turn) answer.wait = setTimeout(() => answer.classList.add("tifa-drawing"), PATIENCE);
}

function table({ model, el }) {
  let add;
  const draw = () => {
    const { columns, rows, order, caption, total, turn } = model.get("data");
    waits(el, turn);
    if (!columns?.length) return el.replaceChildren();
    const focused = el.contains(document.activeElement) && document.activeElement.dataset.name;
    const arrow = (name) => (order[0] !== name ? "" : order[1] ? "\u00a0▲" : "\u00a0▼");
    const head = columns.map(({ name, label, kind }) => {
      const button = make("button", { type: "button", textContent: folded(label) + arrow(name) });
      button.dataset.name = name;
      button.onclick = () => model.send({ sort: name });
      const sorted = order[0] !== name ? "none" : order[1] ? "ascending" : "descending";
      return make("th", { className: kind, scope: "col", ariaSort: sorted }, button);
    });
    const rowOf = ([key, ...cells]) => {
      const row = make("tr", { tabIndex: -1 }, ...cells.map((value, i) =>
        make("td", { className: columns[i].kind, textContent: shown(value), title: columns[i].kind === "text" ? value ?? "" : "" })));
      row.onclick = () => {
        el.querySelectorAll("tr[aria-selected]").forEach((other) => other.removeAttribute("aria-selected"));
        row.ariaSelected = "true";
        model.send({ pick: key });
      };
      row.onfocus = () => {
        body.querySelector("[tabindex='0']").tabIndex = -1;
        row.tabIndex = 0;
      };
      row.onkeydown = ({ key: pressed }) => {
        if (pressed === "Enter") row.click();
        if (pressed === "ArrowDown") row.nextElementSibling?.focus();
        if (pressed === "ArrowUp") row.previousElementSibling?.focus();
      };
      return row;
    };
    const body = make("tbody", {}, ...rows.slice(0, FIRST).map(rowOf));
    if (rows.length) body.firstChild.tabIndex = 0; // one stop for Tab; arrows go on
    const box = make("div", { className: "tifa-scroll" }, make("table", { role: "grid" },
      make("caption", { textContent: caption }), make("thead", {}, make("tr", {}, ...head)), body));
    const made = () => body.children.length;
    let asked = 0;
    add = (more, from) => from === made() && body.append(...more.map(rowOf));
    box.onscroll = () => {
      add(rows.slice(FIRST), FIRST);
      if (asked === made() || made() === total || box.scrollTop + 2 * box.clientHeight < box.scrollHeight) return;
      model.send({ more: (asked = made()) });
    };
    el.replaceChildren(box);
    if (focused) el.querySelector(`th [data-name="${focused}"]`)?.focus();
  };
  model.on("msg:custom", ({ rows, from }) => add(rows, from));
  model.on("change:data", draw);
  draw();
}

function page({ model, el }) {
  const draw = async () => {
    const data = model.get("data"), { html, here, png, alt, turn } = data;
    const src = png && URL.createObjectURL(new Blob([png], { type: "image/png" }));
    const image = png && make("img", { className: "tifa-figure", alt, src });
    if (image) {
      await image.decode();
      if (model.get("data") !== data) return URL.revokeObjectURL(src);
    }
    if (turn && turn === el.closest(".tifa-answer")?.turn) waits(el);
    URL.revokeObjectURL(el.querySelector("img")?.src);
    if (image) return el.replaceChildren(image);
    el.innerHTML = html ?? "";
    const marks = el.querySelectorAll("mark");
    const mark = marks[Math.min(here, marks.length - 1)];
    mark?.classList.add("tifa-here");
    el.scrollTop = mark ? mark.offsetTop - el.clientHeight / 2 : 0;
  };
  el.classList.add("tifa-page");
  model.on("change:data", draw);
  draw();
}

function code({ model, el }) {
  const said = make("span", { role: "status" });
  const text = make("textarea", { readOnly: true, rows: 6, spellcheck: false, ariaLabel: model.get("label") });
  const copy = async () => {
    text.select();
    await navigator.clipboard?.writeText(text.value).then(() => (said.textContent = " ✓"), () => (said.textContent = ""));
  };
  const fill = () => {
    text.value = model.get("code");
    said.textContent = "";
    el.hidden = !text.value;
  };
  model.on("change:code", fill);
  fill();
  el.append(make("button", { type: "button", className: "jupyter-button tifa-copy", onclick: copy, textContent: model.get("label") }), said, text);
}

// When a page is opened on a living kernel, JupyterLab 4.6 deletes the subshell that widgets share while some still write to
// it: the kernel drops their clicks ("Unknown subshell_id"). The panel works in threads of its own and needs none; but one
// that is being made when they are given up is used all the same, hence the wait. Until then the panel takes no clicks.
function rest(panel, kernel) {
  const busy = (now) => Object.assign(panel, { inert: now, ariaBusy: String(now) });
  busy(true);
  kernel.info.then(() => setTimeout(() => { kernel.commsOverSubshells = "disabled"; busy(false); }, 1000));
}

// What ipywidgets leaves unsaid to those who listen: which view is on, whose handles these are, in what language.
function tell(panel, lang) {
  const views = panel.querySelectorAll(".widget-toggle-button");
  const press = () => views.forEach((view) => (view.ariaPressed = view.classList.contains("mod-active")));
  for (const handle of panel.querySelectorAll(".noUi-handle"))
    handle.ariaLabel = handle.closest(".widget-slider").querySelector(".widget-label").textContent;
  const box = panel.querySelector(".tifa-question .widget-text input");
  box.ariaLabel = box.placeholder;
  panel.lang = lang;
  panel.addEventListener("click", press);
  press();
}

function whole(el, then) {
  const panel = el.closest(".tifa-explore");
  const there = (part) => panel?.querySelector(part);
  if ([".noUi-handle", ".widget-toggle-button", ".tifa-question .widget-text input"].every(there)) then(panel);
  else requestAnimationFrame(() => whole(el, then));
}

export default {
  render(context) {
    const kernel = context.model.widget_manager?.kernel;
    if (!context.model.get("seen")) {
      context.model.set("seen", true);
      context.model.save_changes();
    } else if (kernel) whole(context.el, (panel) => rest(panel, kernel));
    const lang = context.model.get("lang");
    if (lang) whole(context.el, (panel) => tell(panel, lang));
    context.el.dataset.lmSuppressShortcuts = "true"; // arrows and Enter are for the panel, not for the notebook
    ({ toggles, table, page, code })[context.model.get("kind")](context);
  },
};
