// The drinks: one tumbler, one small glass, one cup; what is in them makes the difference.
import { gradient, ground, svg } from './svg.mjs'

const ice = (x, y, size, turn, opacity = 0.5) => `
  <g transform="translate(${x} ${y}) rotate(${turn})">
    <rect x="${-size / 2}" y="${-size / 2}" width="${size}" height="${size}" rx="${size * 0.22}" fill="#fff" fill-opacity="${opacity * 0.55}"/>
    <path d="M${-size / 2 + 4} ${-size / 2 + 5}h${size - 9}M${-size / 2 + 5} ${-size / 2 + 5}v${size - 10}" stroke="#fff" stroke-opacity="${opacity}" stroke-width="2.4" stroke-linecap="round"/>
  </g>`

const straw = (color) => `<path d="M139 84L157 12" stroke="${color}" stroke-width="8" stroke-linecap="round"/><path d="M137.500 84L155.500 12" stroke="#fff" stroke-opacity=".35" stroke-width="2"/>`

/** Slice of a citrus fruit. */
const slice = (x, y, radius, rind, flesh, turn = 0) => {
  const segments = Array.from({ length: 8 }, (_, index) => {
    const from = (index * Math.PI) / 4 + 0.09
    const to = ((index + 1) * Math.PI) / 4 - 0.09
    const r = radius * 0.76
    const point = (angle, length) => `${(Math.cos(angle) * length).toFixed(1)} ${(Math.sin(angle) * length).toFixed(1)}`
    const middle = (from + to) / 2
    return `M${point(middle, radius * 0.14)}L${point(from, r)}Q${point(middle, r * 1.1)} ${point(to, r)}Z`
  }).join('')
  return `<g transform="translate(${x} ${y}) rotate(${turn})"><circle r="${radius}" fill="${rind}"/><circle r="${radius * 0.87}" fill="#fff6e2"/><path d="${segments}" fill="${flesh}"/></g>`
}

const leaf = (x, y, turn, color) => `<g transform="translate(${x} ${y}) rotate(${turn})"><path d="M0 0C10-14 30-14 40 0C30 12 10 12 0 0Z" fill="${color}"/><path d="M3 0H36" stroke="#fff" stroke-opacity=".35" stroke-width="1.6"/></g>`

const petals = (points, color) => points.map(([x, y, size = 3.2]) => `<g transform="translate(${x} ${y})" fill="${color}"><circle cx="${-size * 0.7}" r="${size * 0.7}"/><circle cx="${size * 0.7}" r="${size * 0.7}"/><circle cy="${-size * 0.7}" r="${size * 0.7}"/><circle cy="${size * 0.7}" r="${size * 0.7}"/><circle r="${size * 0.5}" fill="#fff3c4"/></g>`).join('')

const tumblerShape = 'M72 46H168L157 198Q156 212 142 212H98Q84 212 83 198Z'
const inside = 'M76.500 62H163.500L153.500 196Q152.500 205 142 205H98Q87.500 205 86.500 196Z'

/** A tall glass; `layers` run from top to bottom. */
function tumbler({ layers, top = '', cubes = true, strawColor, garnish = '', behind = '', cap }) {
  const shadow = ground(120, 212, 76, 14)
  const defs =
    shadow.defs +
    gradient('drink', layers) +
    gradient('glass', [[0, '#fff', 0.5], [0.16, '#fff', 0.08], [0.8, '#fff', 0.02], [1, '#fff', 0.3]], [0, 0, 1, 0]) +
    gradient('depth', [[0, '#000', 0.16], [0.25, '#000', 0], [0.75, '#000', 0], [1, '#000', 0.2]], [0, 0, 1, 0]) +
    `<clipPath id="inside"><path d="${inside}"/></clipPath>`
  const body = `
    ${shadow.body}
    ${behind}
    ${strawColor ? straw(strawColor) : ''}
    <path d="${tumblerShape}" fill="#fff" fill-opacity=".3"/>
    <path d="${inside}" fill="url(#drink)"/>
    <g clip-path="url(#inside)">
      ${top}
      ${cubes ? ice(102, 80, 28, 14) + ice(137, 86, 30, -18, 0.42) + ice(114, 112, 26, 38, 0.3) : ''}
      <path d="${inside}" fill="url(#depth)"/>
    </g>
    ${cap ?? `<ellipse cx="120" cy="62" rx="43.500" ry="5" fill="#fff" fill-opacity=".28"/>`}
    <path d="${tumblerShape}" fill="url(#glass)"/>
    <path d="M85 70L92 186" stroke="#fff" stroke-opacity=".7" stroke-width="5" stroke-linecap="round"/>
    <path d="M96 72L98 108" stroke="#fff" stroke-opacity=".45" stroke-width="3" stroke-linecap="round"/>
    <ellipse cx="120" cy="46" rx="48" ry="5.500" fill="none" stroke="#fff" stroke-opacity=".85" stroke-width="2.500"/>
    ${garnish}`
  return svg(240, 240, body, defs)
}

/** A short glass for what is drunk in three sips. */
function shortGlass({ layers, top = '' }) {
  const shadow = ground(120, 204, 78, 14)
  const outer = 'M66 88H174L166 192Q165 204 152 204H88Q75 204 74 192Z'
  const inner = 'M71 106H169L162 188Q161 196 151 196H89Q79 196 78 188Z'
  const defs =
    shadow.defs +
    gradient('drink', layers) +
    gradient('glass', [[0, '#fff', 0.5], [0.16, '#fff', 0.06], [0.8, '#fff', 0.02], [1, '#fff', 0.32]], [0, 0, 1, 0]) +
    gradient('depth', [[0, '#000', 0.14], [0.25, '#000', 0], [0.75, '#000', 0], [1, '#000', 0.18]], [0, 0, 1, 0]) +
    `<clipPath id="inside"><path d="${inner}"/></clipPath>`
  const body = `
    ${shadow.body}
    <path d="${outer}" fill="#fff" fill-opacity=".34"/>
    <path d="${inner}" fill="url(#drink)"/>
    <g clip-path="url(#inside)">${top}<path d="${inner}" fill="url(#depth)"/></g>
    <ellipse cx="120" cy="106" rx="49" ry="6" fill="#fff" fill-opacity=".25"/>
    <path d="${outer}" fill="url(#glass)"/>
    <path d="M80 116L85 180" stroke="#fff" stroke-opacity=".7" stroke-width="5" stroke-linecap="round"/>
    <ellipse cx="120" cy="88" rx="54" ry="6.500" fill="none" stroke="#fff" stroke-opacity=".85" stroke-width="2.500"/>`
  return svg(240, 240, body, defs)
}

const steam = `<g fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round"><path d="M98 66C88 54 108 46 98 32" stroke-opacity=".5"/><path d="M122 62C110 46 134 38 122 20" stroke-opacity=".65"/><path d="M145 66C136 55 154 47 145 34" stroke-opacity=".5"/></g>`

const rosetta = `<g fill="#fff4e2"><path d="M120 117C107 113 95 108 97 102C99 97 110 97 120 103C130 97 141 97 143 102C145 108 133 113 120 117Z"/><path d="M120 99C112 97 106 94 108 91.500C110 89.500 116 90 120 93C124 90 130 89.500 132 91.500C134 94 128 97 120 99Z"/></g>`

const heart = `<path d="M120 118C100 112 88 104 92 97C96 91 112 92 120 99C128 92 144 91 148 97C152 104 140 112 120 118Z" fill="#fff4e2"/>`

/** A cup on its saucer. */
function cup({ china = ['#ffffff', '#d9dedb'], saucer = '#f4f5f3', coffee = ['#c98d55', '#8a5327'], art = '', rim = '#ffffff', scale = 1 }) {
  const shadow = ground(120, 196, 104, 22)
  const defs =
    shadow.defs +
    gradient('china', [[0, china[0]], [0.55, china[0]], [1, china[1]]], [0, 0, 1, 0.35]) +
    gradient('saucer', [[0, saucer], [1, china[1]]], [0, 0, 1, 0.6]) +
    `<radialGradient id="coffee" cy=".7"><stop offset="0" stop-color="${coffee[0]}"/><stop offset="1" stop-color="${coffee[1]}"/></radialGradient>` +
    `<clipPath id="surface"><ellipse cx="120" cy="104" rx="54" ry="16.500"/></clipPath>`
  const body = `
    ${shadow.body}
    <g transform="translate(${120 - 120 * scale} ${190 - 190 * scale}) scale(${scale})">
    <ellipse cx="120" cy="184" rx="92" ry="24" fill="${china[1]}"/>
    <ellipse cx="120" cy="180" rx="92" ry="24" fill="url(#saucer)"/>
    <ellipse cx="120" cy="178" rx="58" ry="13" fill="#000" fill-opacity=".13"/>
    <path d="M176 118C206 108 214 148 166 152" fill="none" stroke="${china[1]}" stroke-width="13" stroke-linecap="round"/>
    <path d="M176 116C204 107 211 145 166 149" fill="none" stroke="${china[0]}" stroke-width="9" stroke-linecap="round"/>
    <path d="M57 104C57 152 80 182 104 184H136C160 182 183 152 183 104Z" fill="url(#china)"/>
    <path d="M68 122C72 150 84 167 96 174" fill="none" stroke="#fff" stroke-opacity=".55" stroke-width="6" stroke-linecap="round"/>
    <ellipse cx="120" cy="104" rx="63" ry="20" fill="${rim}"/>
    <ellipse cx="120" cy="104" rx="57" ry="17.500" fill="#5b3416"/>
    <ellipse cx="120" cy="105" rx="54" ry="16" fill="url(#coffee)"/>
    <g clip-path="url(#surface)">${art}</g>
    </g>
    ${steam}`
  return svg(240, 240, body, defs)
}

const cream = (light, dark) => `<path d="M77 60C77 50 163 50 163 60L161 90C154 84 146 96 137 91C128 86 118 98 108 91C99 86 88 94 79 88Z" fill="${light}"/><ellipse cx="120" cy="59" rx="43" ry="7" fill="${dark}"/>`

export const drinks = {
  'lamplight-latte': tumbler({
    layers: [[0, '#7a3f12'], [0.22, '#a4622a'], [0.5, '#d9a86c'], [0.82, '#f3dcb5'], [1, '#f7c65a']],
    top: `<path d="M88 62C96 100 84 130 94 166M150 62C140 92 158 120 148 150M126 62C130 80 120 92 126 116" stroke="#5c2b08" stroke-opacity=".55" stroke-width="6" fill="none" stroke-linecap="round"/>`,
    strawColor: '#0e4f55',
  }),
  'osmanthus-oat-latte': cup({
    china: ['#f7e7c6', '#d8b979'],
    saucer: '#faf0d9',
    rim: '#fff6e2',
    coffee: ['#e6bd84', '#b67f43'],
    art: `<ellipse cx="120" cy="105" rx="40" ry="10" fill="#fff1d8" fill-opacity=".75"/>${petals([[98, 101], [110, 107], [122, 99], [132, 108], [143, 102], [117, 112], [106, 97, 2.4], [134, 97, 2.4]], '#f0a21c')}`,
  }),
  'sea-salt-americano': tumbler({
    layers: [[0, '#4a2611'], [0.5, '#2b1409'], [1, '#180a04']],
    cap: cream('#fff6e6', '#fffdf6') + `<g fill="#c9b48f"><circle cx="104" cy="58" r="1.500"/><circle cx="118" cy="61" r="1.700"/><circle cx="131" cy="57" r="1.400"/><circle cx="143" cy="60" r="1.500"/><circle cx="93" cy="61" r="1.300"/></g>`,
    top: '',
  }),
  'coconut-latte': tumbler({
    layers: [[0, '#5a3216'], [0.24, '#8b5a32'], [0.46, '#e9d8c0'], [0.7, '#fffaf1'], [1, '#ffffff']],
    strawColor: '#8aa79a',
    garnish: leaf(146, 46, -38, '#3f7d58') + leaf(150, 50, 4, '#5b9a6d'),
  }),
  latte: cup({ art: rosetta }),
  'flat-white': cup({ china: ['#7fb0ab', '#2f6d6c'], saucer: '#a9cbc6', rim: '#d8e9e6', coffee: ['#b9783f', '#74421c'], art: heart, scale: 0.9 }),
  cappuccino: cup({ coffee: ['#fff3df', '#e2bd8b'], art: `<ellipse cx="120" cy="103" rx="34" ry="8.500" fill="#fffaf0"/><g fill="#7a431b" fill-opacity=".75"><circle cx="104" cy="101" r="1.600"/><circle cx="112" cy="106" r="1.800"/><circle cx="121" cy="100" r="1.600"/><circle cx="130" cy="105" r="1.900"/><circle cx="137" cy="101" r="1.500"/><circle cx="118" cy="109" r="1.400"/><circle cx="98" cy="106" r="1.300"/></g>` }),
  americano: cup({ china: ['#2c7173', '#0a3b40'], saucer: '#3d8586', rim: '#cfe3df', coffee: ['#5a3013', '#2a1206'], art: `<path d="M74 104C84 94 150 92 166 104" stroke="#b97a3c" stroke-opacity=".7" stroke-width="3" fill="none"/>` }),
  dirty: shortGlass({
    layers: [[0, '#3b1c0b'], [0.2, '#6d3b1a'], [0.38, '#c79a6d'], [0.58, '#f7ecdc'], [1, '#ffffff']],
    top: `<path d="M92 112C96 134 88 146 94 166M118 112C114 136 124 140 119 172M146 112C150 130 140 138 147 158" stroke="#7c4a23" stroke-opacity=".5" stroke-width="9" fill="none" stroke-linecap="round"/>`,
  }),
  'cold-brew': tumbler({ layers: [[0, '#6b3716'], [0.35, '#3c1b0b'], [1, '#1b0b05']], strawColor: '#f4b942' }),
  'grapefruit-americano': tumbler({
    layers: [[0, '#3b1a0d'], [0.3, '#7c3218'], [0.52, '#dc5a33'], [0.78, '#f5875a'], [1, '#f9b48c']],
    garnish: slice(164, 58, 27, '#e8703a', '#f0644a', 20),
  }),
  'yuzu-tonic': tumbler({
    layers: [[0, '#452110'], [0.26, '#8a5324'], [0.48, '#e9c76a'], [1, '#fbf0bd']],
    top: `<g fill="#fff" fill-opacity=".75"><circle cx="100" cy="150" r="3"/><circle cx="112" cy="172" r="2.400"/><circle cx="128" cy="156" r="3.200"/><circle cx="140" cy="178" r="2.600"/><circle cx="120" cy="190" r="2.200"/><circle cx="106" cy="132" r="2.200"/><circle cx="143" cy="138" r="2.400"/></g>`,
    garnish: slice(162, 58, 25, '#e8c132', '#f5d858', 10),
  }),
  'matcha-latte': tumbler({
    layers: [[0, '#4d7a2c'], [0.3, '#6d9a3f'], [0.5, '#b9cf8c'], [0.68, '#f5f3e4'], [1, '#ffffff']],
    strawColor: '#c9a86a',
  }),
  'jasmine-lemon': tumbler({
    layers: [[0, '#e0c254'], [0.5, '#eed87e'], [1, '#f7ecb0']],
    top: slice(112, 150, 24, '#f1cd3a', '#f9e27a', 30) + petals([[138, 126, 5], [100, 116, 4.400], [142, 170, 4.400]], '#fffdf4'),
    strawColor: '#2a7c7a',
    garnish: leaf(150, 46, -30, '#4f8d4e'),
  }),
  'hot-cocoa': cup({ china: ['#d9632f', '#9c3a16'], saucer: '#e88a5c', rim: '#fbe3d5', coffee: ['#6a3a1e', '#34170a'], art: `<g fill="#fff7ec"><rect x="98" y="95" width="17" height="10" rx="4"/><rect x="119" y="101" width="18" height="10" rx="4"/><rect x="126" y="92" width="14" height="8" rx="3.500"/></g>` }),
}
