require('../../utils/page')({ data: { value: [2, 3] } })
