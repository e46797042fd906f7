/* What the controls below the heat map do: quantities, units, gates. */

function buildInside() {
  for (const quantity of SHOWN[network.kind]) {
    const button = make("button", { type: "button", "data-quantity": quantity }, QUANTITIES[quantity][0]);
    button.addEventListener("click", () => {
      inside.quantity = quantity;
      insideChanged();
    });
    element("quantities").append(button);
  }
  for (const gate of CLAMPABLE[network.kind]) {
    const choice = make("select", { id: `clamp-${gate}` });
    for (const [value, name] of [
      ["", "free"],
      ["0", "at 0"],
      ["1", "at 1"],
    ])
      choice.append(make("option", { value }, name));
    choice.addEventListener("change", () => {
      if (choice.value) network.clamped[gate] = Number(choice.value);
      else delete network.clamped[gate];
      networkChanged();
    });
    element("clamps").append(
      make("div", { class: "clamp" }, make("label", { for: `clamp-${gate}` }, QUANTITIES[gate][0]), choice),
    );
  }
  element("clamps").hidden = !CLAMPABLE[network.kind].length;
  for (const { unit, follows, share } of data.units.stories) {
    const title = `Unit ${unit}: ${follows} explains ${Math.round(100 * share)} % of what it does.`;
    const button = make("button", { type: "button", title }, follows.replace("the place in the ", ""));
    button.addEventListener("click", () => {
      inside.quantity = "h"; // in which it was found
      lookAt(unit);
    });
    element("stories").append(button);
  }
  element("unit").max = network.H - 1;
  inside.unit = data.units.stories[0].unit;
  insideChanged();
}

function insideChanged() {
  for (const button of element("quantities").children) {
    button.setAttribute("aria-pressed", String(button.dataset.quantity === inside.quantity));
  }
  element("meaning").textContent = QUANTITIES[inside.quantity][2];
  element("unit").value = String(inside.unit);
  const silent = network.silenced.has(inside.unit);
  element("silence").setAttribute("aria-pressed", String(silent));
  element("silence").textContent = silent ? "Let it speak" : "Silence it";
  const list = [...network.silenced].sort((a, b) => a - b);
  element("silenced").hidden = !list.length;
  element("silenced").textContent =
    `Silenced: ${list.join(", ")}. Everything is computed without what they say.`;
  redraw();
}

/** @param {number} unit */
function lookAt(unit) {
  if (!(unit >= 0 && unit < network.H)) return;
  inside.unit = unit;
  insideChanged();
}

/** All moments are computed again, and what is sung from now on obeys. */
function networkChanged() {
  song.forget();
  insideChanged();
}

/** What the gates that are held do, and how surprising the melody is to such a network. */
function tellGates() {
  const held = Object.entries(network.clamped).map(([gate, value]) => HELD[gate][value]);
  const bits = song.meanSurprise;
  const said = held.length ? held.join(" ") : "Then press Another, and hear what the gate was for.";
  const measured =
    bits === undefined ? "" : ` This melody surprises the network by ${bits.toFixed(2)} bits a symbol.`;
  element("clamp-text").textContent = said + measured;
}

function silence() {
  if (!network.silenced.delete(inside.unit)) network.silenced.add(inside.unit);
  networkChanged();
}
