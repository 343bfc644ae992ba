require('../../utils/page')()
