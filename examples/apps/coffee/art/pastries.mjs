// What comes from the oven, each on the same plate.
import { gradient, ground, svg } from './svg.mjs'

function plated(food, defs = '') {
  const shadow = ground(120, 186, 112, 26)
  return svg(
    240,
    240,
    `${shadow.body}
     <ellipse cx="120" cy="178" rx="100" ry="30" fill="#cdd6d2"/>
     <ellipse cx="120" cy="173" rx="100" ry="30" fill="#fbfcfa"/>
     <ellipse cx="120" cy="173" rx="74" ry="20" fill="#e9eeeb"/>
     ${food}`,
    shadow.defs + defs,
  )
}

const croissant = plated(
  `<ellipse cx="120" cy="172" rx="78" ry="14" fill="#3c2408" fill-opacity=".2"/>
   <path d="M34 158C36 112 74 74 122 76C170 78 204 112 206 158C207 168 196 172 188 164C178 152 164 148 150 152C132 158 108 158 90 152C76 148 62 152 52 164C44 172 33 168 34 158Z" fill="url(#crust)"/>
   <g fill="url(#fold)">
     <path d="M96 82C82 104 80 130 90 152C106 158 134 158 150 152C160 130 158 104 146 82C132 74 110 74 96 82Z"/>
     <path d="M92 84C70 92 52 110 46 132C52 134 60 142 62 154C70 150 80 149 88 152C78 128 80 106 92 84Z"/>
     <path d="M150 84C172 92 189 110 195 132C188 134 181 142 179 154C171 150 161 149 153 152C163 128 162 106 150 84Z"/>
     <path d="M43 136C37 146 34 158 36 163C42 170 50 164 58 156C56 146 50 138 43 136Z"/>
     <path d="M198 136C204 146 206 158 204 163C198 170 190 164 183 156C185 146 191 138 198 136Z"/>
   </g>
   <g fill="none" stroke="#8a4a12" stroke-opacity=".45" stroke-width="2.500" stroke-linecap="round">
     <path d="M106 88C98 108 98 132 104 150M134 88C142 108 142 132 136 150M120 84V152"/>
     <path d="M80 98C70 114 68 132 73 148M162 98C172 114 174 132 168 148"/>
   </g>
   <g fill="none" stroke="#ffe9b8" stroke-opacity=".8" stroke-width="4" stroke-linecap="round">
     <path d="M108 82C116 79 126 79 134 82M72 100C64 108 58 116 55 124M170 100C176 106 181 112 184 118"/>
   </g>`,
  gradient('crust', [[0, '#d8913c'], [1, '#9a5716']]) + gradient('fold', [[0, '#f5c673'], [0.55, '#dd9640'], [1, '#b06a20']]),
)

const loaf = plated(
  `<ellipse cx="122" cy="174" rx="72" ry="13" fill="#3c2408" fill-opacity=".22"/>
   <path d="M66 172V112C56 104 58 78 84 76C96 64 138 62 150 74C176 74 184 98 174 110V172Q174 176 170 176H70Q66 176 66 172Z" fill="#8f5320"/>
   <path d="M58 176V114C48 104 52 82 76 78C90 66 128 66 140 78C164 80 168 104 158 114V176Q158 178 154 178H62Q58 178 58 176Z" fill="#a8662a"/>
   <path d="M65 171V112C58 102 62 88 80 86C94 75 124 75 136 86C154 88 158 103 151 112V171Z" fill="url(#crumb)"/>
   <g fill="#7d4a1c" fill-opacity=".85"><path d="M84 106q8-6 12 1q-3 8-10 6zM120 98q9-3 10 5q-6 6-11 2zM98 134q8-5 12 2q-4 7-11 5zM132 142q8-4 11 3q-5 7-11 3zM78 152q7-4 11 2q-4 6-10 4zM112 160q7-3 9 3q-4 5-9 3z"/></g>
   <g fill="#fff6dc" fill-opacity=".75"><circle cx="106" cy="114" r="3"/><circle cx="136" cy="122" r="2.500"/><circle cx="84" cy="130" r="2.500"/><circle cx="120" cy="144" r="2.500"/><circle cx="94" cy="162" r="2"/></g>
   <g><ellipse cx="88" cy="74" rx="15" ry="8" fill="#f7dd94" transform="rotate(-14 88 74)"/><ellipse cx="88" cy="74" rx="9" ry="4.500" fill="#fdf0c2" transform="rotate(-14 88 74)"/><ellipse cx="114" cy="68" rx="15" ry="8" fill="#f3d382"/><ellipse cx="114" cy="68" rx="9" ry="4.500" fill="#fdf0c2"/><ellipse cx="140" cy="75" rx="14" ry="8" fill="#f7dd94" transform="rotate(16 140 75)"/><ellipse cx="140" cy="75" rx="8" ry="4.500" fill="#fdf0c2" transform="rotate(16 140 75)"/></g>`,
  gradient('crumb', [[0, '#f0cd8c'], [1, '#d9a55c']]),
)

const basque = plated(
  `<ellipse cx="120" cy="174" rx="76" ry="13" fill="#3c2408" fill-opacity=".2"/>
   <path d="M48 118L176 92L196 112V158L72 178Q48 172 48 160Z" fill="#e9b45c"/>
   <path d="M48 118L196 112V158L72 178Q48 172 48 160Z" fill="url(#cheese)"/>
   <path d="M48 118C50 108 150 84 176 90C190 94 200 106 196 114C160 112 90 122 72 132C58 134 46 128 48 118Z" fill="url(#burnt)"/>
   <path d="M72 132C90 122 160 112 196 114V122C160 120 92 130 72 141Z" fill="#8a4513" fill-opacity=".55"/>
   <path d="M72 132V178Q48 172 48 160V118C50 128 60 134 72 132Z" fill="#c98a3a"/>
   <path d="M66 114C96 104 140 98 168 98" fill="none" stroke="#d9975a" stroke-opacity=".7" stroke-width="4" stroke-linecap="round"/>
   <path d="M96 148C110 154 118 166 120 172" fill="none" stroke="#fff5d6" stroke-opacity=".8" stroke-width="4" stroke-linecap="round"/>`,
  gradient('cheese', [[0, '#fbe6a6'], [1, '#f0c667']]) + gradient('burnt', [[0, '#7a3b12'], [0.5, '#4f220a'], [1, '#6d3410']], [0, 0, 1, 0.4]),
)

const cookie = plated(
  `<ellipse cx="120" cy="172" rx="76" ry="14" fill="#3c2408" fill-opacity=".22"/>
   <g transform="translate(0 -2)">
     <path d="M44 150C42 138 66 122 122 122C176 122 198 138 196 150C196 166 164 174 120 174C76 174 44 166 44 150Z" fill="#9c5f26"/>
     <path d="M44 146C42 134 66 118 122 118C176 118 198 134 196 146C196 162 164 170 120 170C76 170 44 162 44 146Z" fill="url(#dough)"/>
     <path d="M56 116C52 102 78 88 126 88C172 88 192 100 190 114C190 130 162 138 122 138C84 138 58 130 56 116Z" fill="#a8692c"/>
     <path d="M56 111C52 97 78 83 126 83C172 83 192 95 190 109C190 125 162 133 122 133C84 133 58 125 56 111Z" fill="url(#dough)"/>
   </g>
   <g fill="#3a1a0a"><path d="M82 104q10-8 18 0q2 9-10 10q-10-2-8-10zM122 92q12-5 17 3q-3 8-12 7q-8-4-5-10zM150 108q10-5 15 2q-2 9-10 8q-9-3-5-10zM110 116q9-5 15 1q0 8-9 8q-8-3-6-9zM62 146q7-5 14 0q0 7-8 7q-7-2-6-7zM168 148q8-4 12 2q-2 7-8 6q-6-3-4-8zM122 152q9-4 14 2q-2 7-9 6q-7-3-5-8z"/></g>
   <g fill="#fff"><rect x="104" y="98" width="4" height="4" rx="1" transform="rotate(20 106 100)"/><rect x="142" y="104" width="4" height="4" rx="1" transform="rotate(50 144 106)"/><rect x="90" y="118" width="4" height="4" rx="1" transform="rotate(10 92 120)"/><rect x="130" y="110" width="4" height="4" rx="1"/><rect x="168" y="100" width="4" height="4" rx="1" transform="rotate(30 170 102)"/><rect x="114" y="88" width="3.500" height="3.500" rx="1" transform="rotate(40 116 90)"/></g>`,
  gradient('dough', [[0, '#e5b06a'], [1, '#c08440']]),
)

export const pastries = {
  croissant,
  'banana-loaf': loaf,
  'basque-cheesecake': basque,
  'sea-salt-cookie': cookie,
}
