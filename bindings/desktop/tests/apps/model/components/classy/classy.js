Component({ externalClasses: ['first', 'second'] })
