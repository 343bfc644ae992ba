const { load } = require('./load')
const { total } = require('/utils/money')
Page({ data: { sum: total(load(2).map((item) => item.price)) } })
