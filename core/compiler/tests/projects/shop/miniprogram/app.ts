import { total } from './utils/money'

App<{ total: number }>({
  total: total([1, 2]),
})
