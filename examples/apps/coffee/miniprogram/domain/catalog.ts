// What the chain sells: categories, products, and how a drink can be made. Prices are in fen (1/100 yuan).
import type { Localized } from './language'

export type OptionGroupId = 'size' | 'temperature' | 'milk' | 'extras'

export interface Choice {
  readonly id: string
  readonly name: Localized
  /** Added to the price of the product. */
  readonly surcharge: number
}

export interface OptionGroup {
  readonly id: OptionGroupId
  readonly name: Localized
  /** Several choices at once, or none; otherwise exactly one. */
  readonly multiple: boolean
  readonly choices: readonly Choice[]
}

export type Badge = 'new' | 'signature' | 'limited'

export interface Product {
  readonly id: string
  readonly name: Localized
  readonly description: Localized
  readonly price: number
  readonly image: string
  readonly options: readonly OptionGroupId[]
  /** Choices that this product is not made with, e.g. a cold brew is never hot. */
  readonly without?: readonly string[]
  readonly badge?: Badge
  readonly soldOut?: boolean
}

export interface Category {
  readonly id: string
  readonly name: Localized
  /** Beside the list, where there is room for one word. */
  readonly short: Localized
  readonly products: readonly Product[]
}

export const optionGroups: readonly OptionGroup[] = [
  {
    id: 'size',
    name: { 'zh-CN': '杯型', en: 'Size' },
    multiple: false,
    choices: [
      { id: 'medium', name: { 'zh-CN': '中杯 360ml', en: 'Medium 360 ml' }, surcharge: 0 },
      { id: 'large', name: { 'zh-CN': '大杯 480ml', en: 'Large 480 ml' }, surcharge: 300 },
    ],
  },
  {
    id: 'temperature',
    name: { 'zh-CN': '温度', en: 'Temperature' },
    multiple: false,
    choices: [
      { id: 'hot', name: { 'zh-CN': '热', en: 'Hot' }, surcharge: 0 },
      { id: 'iced', name: { 'zh-CN': '冰', en: 'Iced' }, surcharge: 0 },
      { id: 'less-ice', name: { 'zh-CN': '少冰', en: 'Less ice' }, surcharge: 0 },
    ],
  },
  {
    id: 'milk',
    name: { 'zh-CN': '奶', en: 'Milk' },
    multiple: false,
    choices: [
      { id: 'whole', name: { 'zh-CN': '全脂鲜奶', en: 'Whole milk' }, surcharge: 0 },
      { id: 'skimmed', name: { 'zh-CN': '脱脂奶', en: 'Skimmed milk' }, surcharge: 0 },
      { id: 'oat', name: { 'zh-CN': '燕麦奶', en: 'Oat milk' }, surcharge: 400 },
      { id: 'coconut', name: { 'zh-CN': '生椰乳', en: 'Coconut milk' }, surcharge: 400 },
    ],
  },
  {
    id: 'extras',
    name: { 'zh-CN': '加料', en: 'Extras' },
    multiple: true,
    choices: [
      { id: 'shot', name: { 'zh-CN': '浓缩一份', en: 'Extra shot' }, surcharge: 400 },
      { id: 'vanilla', name: { 'zh-CN': '香草糖浆', en: 'Vanilla syrup' }, surcharge: 200 },
      { id: 'jelly', name: { 'zh-CN': '椰果', en: 'Coconut jelly' }, surcharge: 200 },
      { id: 'cream', name: { 'zh-CN': '海盐奶盖', en: 'Sea salt cream' }, surcharge: 350 },
    ],
  },
]

const image = (name: string): string => `/images/products/${name}.svg`
const milkDrink: readonly OptionGroupId[] = ['size', 'temperature', 'milk', 'extras']
const blackDrink: readonly OptionGroupId[] = ['size', 'temperature', 'extras']

export const categories: readonly Category[] = [
  {
    id: 'signature',
    name: { 'zh-CN': '小栈招牌', en: 'House favourites' },
    short: { 'zh-CN': '小栈招牌', en: 'House' },
    products: [
      {
        id: 'lamplight-latte',
        name: { 'zh-CN': '掌灯拿铁', en: 'Lamplight Latte' },
        description: { 'zh-CN': '黑糖与焦糖慢煮，像夜里留的一盏灯', en: 'Slow-cooked brown sugar and caramel, like a lamp left on for you' },
        price: 3200,
        image: image('lamplight-latte'),
        options: milkDrink,
        badge: 'signature',
      },
      {
        id: 'osmanthus-oat-latte',
        name: { 'zh-CN': '桂花燕麦拿铁', en: 'Osmanthus Oat Latte' },
        description: { 'zh-CN': '当季金桂，配燕麦奶的谷物香', en: "This autumn's osmanthus over grainy oat milk" },
        price: 3400,
        image: image('osmanthus-oat-latte'),
        options: milkDrink,
        badge: 'new',
      },
      {
        id: 'sea-salt-americano',
        name: { 'zh-CN': '海盐奶盖美式', en: 'Sea Salt Cream Americano' },
        description: { 'zh-CN': '先咸后苦再回甘，不用搅，直接喝', en: 'Salty, bitter, then sweet. Do not stir' },
        price: 3000,
        image: image('sea-salt-americano'),
        options: blackDrink,
        without: ['hot', 'cream'],
        badge: 'signature',
      },
      {
        id: 'coconut-latte',
        name: { 'zh-CN': '生椰拿铁', en: 'Raw Coconut Latte' },
        description: { 'zh-CN': '冷榨椰乳与双份浓缩', en: 'Cold-pressed coconut milk and a double shot' },
        price: 2900,
        image: image('coconut-latte'),
        options: blackDrink,
      },
    ],
  },
  {
    id: 'espresso',
    name: { 'zh-CN': '意式咖啡', en: 'Espresso bar' },
    short: { 'zh-CN': '意式咖啡', en: 'Espresso' },
    products: [
      {
        id: 'latte',
        name: { 'zh-CN': '拿铁', en: 'Caffè Latte' },
        description: { 'zh-CN': '云南保山与埃塞俄比亚拼配', en: 'Our Baoshan and Ethiopia blend' },
        price: 2600,
        image: image('latte'),
        options: milkDrink,
      },
      {
        id: 'flat-white',
        name: { 'zh-CN': '澳白', en: 'Flat White' },
        description: { 'zh-CN': '更少的奶，更浓的咖啡', en: 'Less milk, more coffee' },
        price: 2700,
        image: image('flat-white'),
        options: ['milk', 'extras'],
      },
      {
        id: 'cappuccino',
        name: { 'zh-CN': '卡布奇诺', en: 'Cappuccino' },
        description: { 'zh-CN': '一厘米厚的绵密奶泡', en: 'One centimetre of fine foam' },
        price: 2600,
        image: image('cappuccino'),
        options: milkDrink,
        without: ['iced', 'less-ice'],
      },
      {
        id: 'americano',
        name: { 'zh-CN': '美式', en: 'Americano' },
        description: { 'zh-CN': '干净、明亮，带一点柑橘', en: 'Clean and bright, a touch of citrus' },
        price: 2000,
        image: image('americano'),
        options: blackDrink,
      },
      {
        id: 'dirty',
        name: { 'zh-CN': '脏咖', en: 'Dirty' },
        description: { 'zh-CN': '热浓缩落进冰牛奶，建议三口喝完', en: 'Hot espresso on ice-cold milk, three sips' },
        price: 2500,
        image: image('dirty'),
        options: ['milk'],
        badge: 'limited',
      },
    ],
  },
  {
    id: 'iced',
    name: { 'zh-CN': '冷萃与冰饮', en: 'Cold brew & iced' },
    short: { 'zh-CN': '冷萃冰饮', en: 'Iced' },
    products: [
      {
        id: 'cold-brew',
        name: { 'zh-CN': '十八小时冷萃', en: 'Eighteen-Hour Cold Brew' },
        description: { 'zh-CN': '低温慢萃，顺滑无酸', en: 'Steeped slowly, smooth and low in acid' },
        price: 2800,
        image: image('cold-brew'),
        options: blackDrink,
        without: ['hot'],
      },
      {
        id: 'grapefruit-americano',
        name: { 'zh-CN': '西柚冰美式', en: 'Grapefruit Iced Americano' },
        description: { 'zh-CN': '鲜榨西柚打底，日落的颜色', en: 'Fresh grapefruit below, the colour of a sunset' },
        price: 2900,
        image: image('grapefruit-americano'),
        options: blackDrink,
        without: ['hot'],
        badge: 'new',
      },
      {
        id: 'yuzu-tonic',
        name: { 'zh-CN': '柚子汤力冷萃', en: 'Yuzu Tonic Cold Brew' },
        description: { 'zh-CN': '汤力水的气泡，柚子皮的清苦', en: 'Tonic bubbles and the clean bitterness of yuzu peel' },
        price: 3000,
        image: image('yuzu-tonic'),
        options: ['size', 'temperature'],
        without: ['hot'],
      },
    ],
  },
  {
    id: 'tea',
    name: { 'zh-CN': '茶与可可', en: 'Tea & cocoa' },
    short: { 'zh-CN': '茶与可可', en: 'Tea' },
    products: [
      {
        id: 'matcha-latte',
        name: { 'zh-CN': '宇治抹茶拿铁', en: 'Uji Matcha Latte' },
        description: { 'zh-CN': '石磨抹茶，不加糖浆', en: 'Stone-ground matcha, no syrup' },
        price: 3000,
        image: image('matcha-latte'),
        options: milkDrink,
      },
      {
        id: 'jasmine-lemon',
        name: { 'zh-CN': '茉莉柠檬茶', en: 'Jasmine Lemon Tea' },
        description: { 'zh-CN': '七窨茉莉绿茶，手捶香水柠檬', en: 'Seven-times scented jasmine, hand-pressed lemon' },
        price: 2200,
        image: image('jasmine-lemon'),
        options: ['size', 'temperature'],
        without: ['hot'],
      },
      {
        id: 'hot-cocoa',
        name: { 'zh-CN': '七成黑可可', en: 'Seventy Per Cent Cocoa' },
        description: { 'zh-CN': '海南可可豆，现磨现煮', en: 'Hainan beans, ground and cooked to order' },
        price: 2800,
        image: image('hot-cocoa'),
        options: ['size', 'milk', 'extras'],
        without: ['shot', 'jelly'],
      },
    ],
  },
  {
    id: 'bakery',
    name: { 'zh-CN': '现烤烘焙', en: 'From the oven' },
    short: { 'zh-CN': '现烤烘焙', en: 'Bakery' },
    products: [
      {
        id: 'croissant',
        name: { 'zh-CN': '发酵黄油可颂', en: 'Cultured Butter Croissant' },
        description: { 'zh-CN': '每天七点与十四点出炉', en: 'Out of the oven at 7:00 and 14:00' },
        price: 1600,
        image: image('croissant'),
        options: [],
      },
      {
        id: 'banana-loaf',
        name: { 'zh-CN': '香蕉核桃磅蛋糕（厚切）', en: 'Banana & Walnut Loaf, Thick Slice' },
        description: { 'zh-CN': '熟透的香蕉，烤过的核桃，微温着吃最好', en: 'Ripe bananas and toasted walnuts, best slightly warm' },
        price: 1850,
        image: image('banana-loaf'),
        options: [],
      },
      {
        id: 'basque-cheesecake',
        name: { 'zh-CN': '巴斯克芝士', en: 'Basque Cheesecake' },
        description: { 'zh-CN': '外焦里融，每日限量二十份', en: 'Burnt outside, melting inside; twenty a day' },
        price: 2800,
        image: image('basque-cheesecake'),
        options: [],
        soldOut: true,
      },
      {
        id: 'sea-salt-cookie',
        name: { 'zh-CN': '海盐巧克力曲奇', en: 'Sea Salt Chocolate Cookie' },
        description: { 'zh-CN': '冷藏熟成两天的面团', en: 'Dough rested for two days' },
        price: 1200,
        image: image('sea-salt-cookie'),
        options: [],
      },
    ],
  },
]

const byId = new Map(categories.flatMap((category) => category.products).map((product) => [product.id, product]))

export function findProduct(id: string): Product | undefined {
  return byId.get(id)
}
