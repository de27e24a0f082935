// A bar chart, and nothing else.
const svg = (tag, attributes, ...children) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

/** The next round number above: 1, 2, 2.5 or 5 times a power of ten. */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)))
  return [1, 2, 2.5, 5, 10].find((step) => step * power >= value) * power
}

/** `bars` is a list of `{ label, value, title }`; the picture is for the eye, so its content is also given as a label. */
export function barChart(bars, label) {
  const [width, height, left, bottom] = [760, 300, 52, 26]
  const top = ceiling(Math.max(...bars.map((bar) => bar.value), 1))
  const y = (value) => 8 + (height - bottom - 8) * (1 - value / top)
  const step = (width - left) / bars.length
  const lines = [0, 0.25, 0.5, 0.75, 1].flatMap((part) => [
    svg('line', { class: 'grid-line', x1: left, x2: width, y1: y(top * part), y2: y(top * part) }),
    svg(
      'text',
      { x: left - 8, y: y(top * part) + 4, 'text-anchor': 'end' },
      new Intl.NumberFormat('en', { notation: 'compact' }).format(top * part),
    ),
  ])
  const columns = bars.flatMap((bar, index) => [
    svg(
      'rect',
      {
        class: 'bar-value',
        x: left + step * index + step * 0.16,
        width: step * 0.68,
        y: y(bar.value),
        height: Math.max(0, y(0) - y(bar.value)),
        rx: 3,
      },
      svg('title', {}, bar.title),
    ),
    svg('text', { x: left + step * (index + 0.5), y: height - 6, 'text-anchor': 'middle' }, bar.label),
  ])
  const spoken = `${label}: ${bars.map((bar) => bar.title).join('; ')}`
  return svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': spoken, id: 'chart' }, ...lines, ...columns)
}
