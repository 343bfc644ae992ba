// The few shapes that all drawings share.

export function svg(width, height, body, defs = '') {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><defs>${defs}</defs>${body}</svg>`
}

/** A gradient; `stops` are [offset, color] or [offset, color, opacity]. */
export function gradient(id, stops, [x1, y1, x2, y2] = [0, 0, 0, 1]) {
  const list = stops
    .map(([offset, color, opacity]) => `<stop offset="${offset}" stop-color="${color}"${opacity === undefined ? '' : ` stop-opacity="${opacity}"`}/>`)
    .join('')
  return `<linearGradient id="${id}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}">${list}</linearGradient>`
}

/** The soft shadow that a thing throws on the table. */
export function ground(cx, cy, rx, ry) {
  return {
    defs: `<radialGradient id="ground"><stop offset="0" stop-color="#1c1408" stop-opacity=".34"/><stop offset=".6" stop-color="#1c1408" stop-opacity=".14"/><stop offset="1" stop-color="#1c1408" stop-opacity="0"/></radialGradient>`,
    body: `<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="${ry}" fill="url(#ground)"/>`,
  }
}
