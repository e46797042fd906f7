/* Colours: the page's own from its style sheet, and matplotlib's maps, which the colour-blind can read too. */

// Seventeen even samples of each map; between them colours are mixed.
const MAPS = {
  viridis:
    "440154 48186a 472d7b 424086 3b528b 33638d 2c728e 26828e 21918c 1fa088 28ae80 3fbc73 5ec962 84d44b addc30 d8e219 fde725",
  RdBu: "053061 15508d 2870b1 3e8cbf 68abd0 98c8e0 c0dceb deebf2 f6f7f7 fbe6da fbceb7 f5ac8b e58368 d25849 bb2a34 960f27 67001f",
  berlin:
    "9eb0ff 79abed 519fd3 3685ad 286886 1d4b61 14303e 111a20 190c09 2b0e01 411201 5b1d08 7d341e 9e513f be6f63 df8f89 ffadad",
};

/** A map as 256 colours for the pixels of an image, opaque. @param {string} samples */
function makeMap(samples) {
  const stops = samples.split(" ").map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  return Uint32Array.from({ length: 256 }, (_, k) => {
    const place = (k / 255) * (stops.length - 1);
    const low = Math.min(Math.floor(place), stops.length - 2);
    const [r, g, b] = [0, 1, 2].map((c) =>
      Math.round(stops[low][c] + (place - low) * (stops[low + 1][c] - stops[low][c])),
    );
    return (255 << 24) | (b << 16) | (g << 8) | r; // the order of bytes in an image
  });
}

const dark = matchMedia("(prefers-color-scheme: dark)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** The map for values from -1 to 1: its middle is the paper's colour, light or dark. */
const signedMap = () => (dark.matches ? colourMaps.berlin : colourMaps.RdBu);
const colourMaps = Object.fromEntries(
  Object.entries(MAPS).map(([name, samples]) => [name, makeMap(samples)]),
);

/** The style sheet's colours, by name, as they are in the scheme of the moment. @type {Object<string, string>} */
const ink = {};

function readInk() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["card", "text", "quiet", "line", "stripe", "own", "net", "accent"]) {
    ink[name] = style.getPropertyValue(`--${name}`).trim();
  }
}

/** One colour over another. @param {string} a @param {string} b @param {number} share of b, 0 to 1 */
function mix(a, b, share) {
  const parts = (/** @type {string} */ hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const [x, y] = [parts(a), parts(b)];
  return `rgb(${x.map((value, k) => Math.round(value + share * (y[k] - value))).join(" ")})`;
}

/** A canvas as large as it is shown, in CSS pixels: its context, width and height. @param {HTMLCanvasElement} canvas */
function prepareCanvas(canvas) {
  const ratio = devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = `12px ${getComputedStyle(canvas).fontFamily}`;
  context.textBaseline = "middle";
  return { context, width, height };
}
