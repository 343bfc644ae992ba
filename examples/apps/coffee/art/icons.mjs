// Tab bar icons, 81 x 81 as WeChat asks, and the logo.
import { svg } from './svg.mjs'

const stroke = (color) => `fill="none" stroke="${color}" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"`

export const icons = {
  // A cup with steam
  menu: (color, selected) =>
    svg(81, 81, `<g ${stroke(color)}><path d="M17 33H55V49C55 60 47 66 36 66C25 66 17 60 17 49Z"${selected ? ` fill="${color}"` : ''}/><path d="M55 38H59C65 38 68 42 68 46C68 51 64 55 58 55H54"/><path d="M29 13C25 18 33 20 29 25M43 13C39 18 47 20 43 25"/></g>`),
  // A receipt
  orders: (color, selected) =>
    svg(81, 81, `<g ${stroke(color)}><path d="M20 13H61V68L54 62L47 68L40.500 62L34 68L27 62L20 68Z"${selected ? ` fill="${color}"` : ''}/><path d="M31 29H50M31 42H43"${selected ? ' stroke="#fff"' : ''}/></g>`),
  // A key on its tag: the guest
  profile: (color, selected) =>
    svg(81, 81, `<g ${stroke(color)}><circle cx="40.500" cy="27" r="14"${selected ? ` fill="${color}"` : ''}/><path d="M14 68C15 53 26 47 40.500 47C55 47 66 53 67 68Z"${selected ? ` fill="${color}"` : ''}/></g>`),
}

export const logo = svg(
  240,
  240,
  `<rect width="240" height="240" rx="52" fill="url(#ground)"/>
   <path d="M120 36C160 36 186 66 186 104V178Q186 204 160 204H80Q54 204 54 178V104C54 66 80 36 120 36Z" fill="url(#tag)"/>
   <circle cx="120" cy="66" r="13" fill="#0b4045"/>
   <g fill="none" stroke="#3a2603" stroke-width="10" stroke-linecap="round" stroke-linejoin="round">
     <path d="M80 126H146V146C146 166 132 178 113 178C94 178 80 166 80 146Z" fill="#3a2603"/>
     <path d="M146 134H151C161 134 166 140 166 147C166 155 160 160 150 160H146"/>
     <path d="M100 112C94 104 106 100 100 92M124 112C118 104 130 100 124 92" stroke-width="7"/>
   </g>`,
  `<linearGradient id="ground" x2="1" y2="1"><stop offset="0" stop-color="#15666c"/><stop offset="1" stop-color="#08363b"/></linearGradient><linearGradient id="tag" x2=".6" y2="1"><stop offset="0" stop-color="#fbd67f"/><stop offset="1" stop-color="#eda828"/></linearGradient>`,
)
