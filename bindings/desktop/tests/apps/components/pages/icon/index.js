const types = ['success', 'success_no_circle', 'info', 'warn', 'waiting', 'cancel', 'download', 'search', 'clear', 'circle']
require('../../utils/page')({ data: { types } })
