require('../../utils/page')({ data: { extra: { a: 1 } } })
