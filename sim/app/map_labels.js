// Let labels stand in the frame and clear of one another, whatever the sizes of map and type are:
// one that has no room gives way to those before it. A code may stand a little aside, a word that
// is held to a number of tiles may not.
const NARROW = 560, LEAST = 8, LARGE = 1.4
const { x_range, y_range, inner_width } = plot
if (!inner_width) return
const times = (document.documentElement.classList.contains("projector") ? LARGE : 1)
  * (inner_width > NARROW ? 1 : 8 / 11)
const pixel = Math.abs(x_range.end - x_range.start) / inner_width
const ends = ({ bounds, start, end }) => bounds ?? [Math.min(start, end), Math.max(start, end)]
const [west, east] = ends(x_range), [north, south] = ends(y_range)
const within = (at, low, high) => Math.min(Math.max(at, low), Math.max(low, high))
const pen = document.createElement("canvas").getContext("2d")
const ASIDE = [[0, 0], [0, -.5], [0, .5], [-.4, 0], [.4, 0], [-.4, -.5], [.4, -.5], [-.4, .5], [.4, .5],
  [0, -1], [0, 1]]
const { x, y, text, size, style, cells, rise } = labels.data
const taken = [], shown = { at_x: [], at_y: [], shown: [], font: [] }
for (let i = 0; i < text.length; i++) {
  const most = cells[i] > 0 ? cells[i] / pixel : Infinity
  const font = Math.min(size[i] * times, most)
  pen.font = `${style[i]} ${font}px helvetica`
  const width = (pen.measureText(text[i]).width + 3) * pixel, height = (font + 2) * pixel
  const place = ([across, down]) => [
    within(x[i] + across * width, west + width / 2, east - width / 2),
    within(y[i] + (down - rise[i]) * height, north + height / 2, south - height / 2),
  ]
  const free = ([left, top]) => taken.every(([other_x, other_y, wide, high]) =>
    Math.abs(left - other_x) >= (width + wide) / 2 || Math.abs(top - other_y) >= (height + high) / 2)
  const places = cells[i] > 0 ? ASIDE.slice(0, 1) : ASIDE
  const at = font >= LEAST ? places.map(place).find(free) : undefined
  if (at) taken.push([...at, width, height])
  const [left, top] = at ?? [x[i], y[i]]
  shown.at_x.push(left); shown.at_y.push(top)
  shown.shown.push(at ? text[i] : ""); shown.font.push(`${font}px`)
}
// Not by setting the data, which would be sent to the server.
Object.assign(labels.data, shown)
labels.change.emit()
