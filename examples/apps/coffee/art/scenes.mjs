// Larger pictures: the store, the lamp, the guest, and what stands where nothing is.
import { gradient, svg } from './svg.mjs'

const lamp = svg(
  150,
  150,
  `<circle cx="75" cy="84" r="62" fill="url(#glow)"/>
   <path d="M75 8V34" stroke="#e7efed" stroke-opacity=".8" stroke-width="3"/>
   <path d="M60 42H90L96 52H54Z" fill="#d9e4e1"/><path d="M66 34H84V43H66Z" fill="#b9c9c5"/>
   <path d="M52 54H98L92 112H58Z" fill="url(#pane)"/>
   <path d="M52 54H98L92 112H58ZM67 54L70 112M83 54L80 112" fill="none" stroke="#e7efed" stroke-width="3" stroke-linejoin="round"/>
   <path d="M75 72C84 84 86 90 84 96C82 103 68 103 66 96C64 90 66 84 75 72Z" fill="#fff3c9"/>
   <path d="M54 112H96V120H54Z" fill="#d9e4e1"/>`,
  `<radialGradient id="glow"><stop offset="0" stop-color="#f9c856" stop-opacity=".65"/><stop offset="1" stop-color="#f9c856" stop-opacity="0"/></radialGradient>` +
    gradient('pane', [[0, '#f7c95f'], [1, '#e79a24']]),
)

const guest = svg(
  128,
  128,
  `<circle cx="64" cy="64" r="64" fill="#f4d58e"/>
   <path d="M18 128C20 98 40 86 64 86C88 86 108 98 110 128Z" fill="#1d6a6d"/>
   <path d="M50 80H78V92C78 102 50 102 50 92Z" fill="#d79a6c"/>
   <path d="M42 50C42 34 52 28 64 28C76 28 86 34 86 50V62C86 76 76 86 64 86C52 86 42 76 42 62Z" fill="#e9b48a"/>
   <path d="M34 44C36 26 50 16 66 17C82 18 92 28 93 44C80 48 48 49 34 44Z" fill="#23393a"/>
   <path d="M26 46C40 40 88 40 102 46C96 53 32 53 26 46Z" fill="#2f4c4d"/>
   <path d="M56 70C60 74 68 74 72 70" fill="none" stroke="#8a5430" stroke-width="3" stroke-linecap="round"/>
   <circle cx="54" cy="60" r="2.600" fill="#3a2413"/><circle cx="74" cy="60" r="2.600" fill="#3a2413"/>`,
)

const emptyCart = svg(
  360,
  300,
  `<ellipse cx="180" cy="252" rx="130" ry="18" fill="#7f9694" fill-opacity=".18"/>
   <circle cx="180" cy="132" r="112" fill="#f4b942" fill-opacity=".12"/>
   <path d="M116 112H244L256 240Q257 252 245 252H115Q103 252 104 240Z" fill="url(#bag)"/>
   <path d="M116 112H244L246 132H114Z" fill="#083a3f" fill-opacity=".35"/>
   <path d="M150 136V100C150 60 210 60 210 100V136" fill="none" stroke="#e9b23d" stroke-width="8" stroke-linecap="round"/>
   <g transform="translate(180 190)"><path d="M-26-14H16V2C16 14 7 21-5 21C-17 21-26 14-26 2Z" fill="none" stroke="#f6e7c2" stroke-width="6" stroke-linejoin="round"/><path d="M16-8H20C27-8 30-4 30 1C30 6 26 10 19 10H15" fill="none" stroke="#f6e7c2" stroke-width="6"/></g>`,
  gradient('bag', [[0, '#1f7276'], [1, '#0c474c']]),
)

const emptyOrders = svg(
  360,
  300,
  `<ellipse cx="180" cy="262" rx="120" ry="14" fill="#7f9694" fill-opacity=".18"/>
   <circle cx="180" cy="140" r="112" fill="#f4b942" fill-opacity=".12"/>
   <path d="M60 66H300" stroke="#0e4f55" stroke-width="12" stroke-linecap="round"/>
   ${[110, 180, 250].map((x, index) => {
     const tilt = [-5, 3, 8][index]
     const fill = ['#f7cf73', '#c9d8d4', '#f0b43a'][index]
     return `<g transform="translate(${x} 66) rotate(${tilt})"><rect x="-5" y="-8" width="10" height="34" rx="5" fill="#9fb0ad"/><path d="M0 16C22 16 36 32 36 54V124Q36 138 22 138H-22Q-36 138-36 124V54C-36 32-22 16 0 16Z" fill="${fill}"/><circle cy="38" r="8" fill="#0e4f55"/><path d="M-16 78H16M-16 96H6" stroke="#0b3236" stroke-opacity=".4" stroke-width="6" stroke-linecap="round"/></g>`
   }).join('')}`,
)

const window = (x, y, w, h) => `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="6" fill="url(#light)"/><path d="M${x + w / 2} ${y}V${y + h}M${x} ${y + h * 0.42}H${x + w}" stroke="#3b2a1c" stroke-width="5"/><rect x="${x}" y="${y}" width="${w}" height="${h}" rx="6" fill="none" stroke="#3b2a1c" stroke-width="6"/>`

const store = svg(
  750,
  440,
  `<rect width="750" height="440" fill="url(#sky)"/>
   <circle cx="612" cy="86" r="34" fill="#fbe9bd"/>
   <g fill="#fff" fill-opacity=".7"><circle cx="92" cy="60" r="2.500"/><circle cx="188" cy="36" r="2"/><circle cx="330" cy="54" r="2"/><circle cx="478" cy="30" r="2.500"/><circle cx="690" cy="150" r="2"/></g>
   <path d="M0 250C120 196 210 236 300 212C420 180 520 226 750 176V440H0Z" fill="#133f4a"/>
   <path d="M118 168L375 74L632 168V190H118Z" fill="#2b1d18"/>
   <path d="M100 176Q375 58 650 176L664 196H86Z" fill="#3c2a22"/>
   <path d="M104 186Q375 80 646 186" fill="none" stroke="#5a4234" stroke-width="7"/>
   <rect x="140" y="194" width="470" height="196" fill="#7a4a2c"/>
   <path d="M140 194H610V222H140Z" fill="#3b2a1c" fill-opacity=".45"/>
   ${window(176, 240, 110, 96)}
   ${window(464, 240, 110, 96)}
   <rect x="326" y="226" width="98" height="164" rx="8" fill="#1d6063"/>
   <rect x="338" y="240" width="74" height="76" rx="5" fill="url(#light)"/>
   <circle cx="410" cy="336" r="5" fill="#f4b942"/>
   <path d="M128 390H622V404H128Z" fill="#4b3224"/>
   <path d="M0 404H750V440H0Z" fill="#0c2b32"/>
   <g><path d="M304 206V230" stroke="#22150f" stroke-width="4"/><circle cx="304" cy="250" r="50" fill="url(#glow)"/><path d="M292 230H316L312 268H296Z" fill="#ffd778"/><path d="M446 206V230" stroke="#22150f" stroke-width="4"/><circle cx="446" cy="250" r="50" fill="url(#glow)"/><path d="M434 230H458L454 268H438Z" fill="#ffd778"/></g>
   <g fill="#1d5a4c"><circle cx="108" cy="372" r="30"/><circle cx="76" cy="386" r="22"/><circle cx="652" cy="374" r="28"/><circle cx="686" cy="388" r="20"/></g>
   <g><rect x="206" y="352" width="58" height="8" rx="4" fill="#e9b23d"/><path d="M216 360V392M254 360V392" stroke="#c58f24" stroke-width="5"/><rect x="490" y="352" width="58" height="8" rx="4" fill="#e9b23d"/><path d="M500 360V392M538 360V392" stroke="#c58f24" stroke-width="5"/></g>`,
  gradient('sky', [[0, '#123a55'], [0.55, '#3d6a7d'], [0.8, '#e3a36a'], [1, '#f3c58a']]) +
    gradient('light', [[0, '#ffe7a6'], [1, '#f6b647']]) +
    `<radialGradient id="glow"><stop offset="0" stop-color="#ffd778" stop-opacity=".8"/><stop offset="1" stop-color="#ffd778" stop-opacity="0"/></radialGradient>`,
)

export const scenes = { lamp, guest, store, 'empty-cart': emptyCart, 'empty-orders': emptyOrders }
