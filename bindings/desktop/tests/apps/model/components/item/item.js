Component({
  behaviors: [require('../marked')],
  relations: {
    '../list/list': { type: 'parent' },
    owner: { type: 'ancestor', target: require('../owner') },
  },
})
